export function print(measurement: object): void {
  console.log(
    JSON.stringify(measurement, (_, value: unknown) =>
      typeof value === 'number' ? Math.round(value * 10_000) / 10_000 : value,
    ),
  );
}
