import { oncePerList } from '../../shared/core/once';

test('what is worked out from a list is worked out once, and anew for another list', () => {
  const asked: (readonly number[])[] = [];
  const sum = oncePerList((list: readonly number[]) => asked.push(list) && list.length);
  const [one, other] = [
    [1, 2],
    [1, 2],
  ] as const;
  expect([sum(one), sum(one), sum(other), sum(one)]).toEqual([2, 2, 2, 2]);
  expect(asked).toEqual([one, other]);
});

test('an answer of undefined is an answer', () => {
  let times = 0;
  const nothing = oncePerList((list: readonly string[]) => list[times++]);
  const list: readonly string[] = [];
  expect([nothing(list), nothing(list), times]).toEqual([undefined, undefined, 1]);
});
