export function print(measurement: object): void {
  console.log(
    JSON.stringify(measurement, (_, value: unknown) =>
      typeof value === 'number' ? Math.round(value * 100) / 100 : value,
    ),
  );
}
