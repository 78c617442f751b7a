import fc from 'fast-check';
import { tablesRead } from '../../shared/controls/sentinel-content/tables-read';

const tablesIn = (query: string): readonly string[] => tablesRead(query).tables;

describe('the tables that a query reads', () => {
  test.each<[string, string, readonly string[]]>([
    ['the first word', 'SigninLogs\n| where ResultType != "0"', ['SigninLogs']],
    ['nothing but a word', ' Heartbeat ', ['Heartbeat']],
    ['none in comments', '// AuditLogs | take 1\nSigninLogs // | join AuditLogs on x\n| take 1', ['SigninLogs']],
    [
      'none in texts',
      'SigninLogs | where A == "; AuditLogs | take 1" and B == \'(X | y\' and C == @"c:\\" and D has "//"',
      ['SigninLogs'],
    ],
    [
      'none between fences',
      'SigninLogs | where A has ```\n;AuditLogs | take 1\n``` | join Heartbeat on B',
      ['SigninLogs', 'Heartbeat'],
    ],
    ['what a let stands for', 'let T = AuditLogs | where A == 1;\nlet n = 5;\nT | take n', ['AuditLogs']],
    ['what a let is another name of', 'let T = AuditLogs;\nT | take 1', ['AuditLogs']],
    [
      'no scalars',
      'let a = ago(1d); let b = dynamic([1]); let c = true; let d = a - 1h; Usage | where T > a',
      ['Usage'],
    ],
    ['what is joined', 'A_CL | join kind=inner hint.strategy=broadcast (B_CL | where X > 1) on Id', ['A_CL', 'B_CL']],
    [
      'what is joined by its name',
      'A_CL | join B_CL on Id | lookup kind=leftouter C_CL on Id',
      ['A_CL', 'B_CL', 'C_CL'],
    ],
    ['what is joined in brackets', 'A_CL | join (B_CL) on Id', ['A_CL', 'B_CL']],
    [
      'operands of a union',
      'union isfuzzy=true withsource=T A_CL, (B_CL | where X == 1), (C_CL)',
      ['A_CL', 'B_CL', 'C_CL'],
    ],
    ['operands of a union with wildcards', 'A_CL | union Sec*, B_CL | take 1', ['A_CL', 'Sec*', 'B_CL']],
    ['a union in brackets', 'let U = (union A_CL, B_CL | where X == 1);\nU | take 1', ['A_CL', 'B_CL']],
    ['what a list is compared with', 'A_CL | where Ip in ((B_CL | distinct Ip)) and User in (Users)', ['A_CL', 'B_CL']],
    [
      'what is made material',
      'let M = materialize(A_CL | take 1); let N = toscalar(B_CL | count); M | take N',
      ['A_CL', 'B_CL'],
    ],
    ['a table by its name', 'table("A_CL") | join (table(\'B_CL\') | take 1) on Id', ['A_CL', 'B_CL']],
    [
      'what a function of the query reads',
      'let f = (d:datetime, R:(*)) { A_CL | where T > d | join R on Id };\nf(ago(1d), B_CL | take 1) | take 1',
      ['A_CL'],
    ],
    ['a view', 'let v = view () { A_CL | take 1 }; v() | union (v)', ['A_CL']],
    ['what is searched', 'search in (A_CL, B_CL) "x"', ['A_CL', 'B_CL']],
    ['what is found', 'find in (A_CL) where X == 1', ['A_CL']],
    ['no aliases of its own', 'A_CL | as hint.materialized=true T | union (T | count) | join T on Id', ['A_CL']],
    [
      'no columns',
      'A_CL | summarize arg_max(Time, *) by (Id) | extend X = iff((a), b, c) | mv-apply y on (count | take 1)',
      ['A_CL'],
    ],
    ['no watchlists', 'A_CL | where Ip in (_GetWatchlist("ips") | project Ip)', ['A_CL']],
    ['no data of the query itself', 'datatable(Id:string)["a"] | join (A_CL | take 1) on Id', ['A_CL']],
  ])('%s', (_, query, tables) => {
    expect(tablesIn(query).toSorted()).toEqual(tables.toSorted());
    expect(tablesRead(query).unclear).toEqual([]);
  });

  test.each<[string, string, readonly string[], readonly string[]]>([
    ['a function', '_Im_Dns(starttime=ago(1d)) | take 1', [], ['the function _Im_Dns']],
    ['a function that a let names', 'let D = imDns(a=1); D | take 1', [], ['the function imDns']],
    ['a function that is joined', 'A_CL | join (Mine("x") | take 1) on Id', ['A_CL'], ['the function Mine']],
    ['another workspace', 'workspace("other").A_CL | union B_CL', ['B_CL'], ['workspace(…), which lies elsewhere']],
    ['a name that is worked out', 'let n = "A_CL"; table(n) | take 1', [], ['a table whose name is worked out']],
    ['everything', 'search "x"', [], ['all tables']],
    ['everything as well', 'union * | where X == 1', [], ['all tables']],
  ])('hidden by %s', (_, query, tables, unclear) => {
    expect(tablesRead(query)).toMatchObject({ tables, unclear });
  });

  test.each(['', '|', '(', 'let', 'union', '((((', '"', 'A | join', 'find in (', 'table(', '`` ```', 'let x ='])(
    'a query that is broken off is read without complaint: %s',
    (query) => {
      expect(tablesIn(query)).toEqual(query.startsWith('A') ? ['A'] : []);
    },
  );

  test('whatever a query holds, it is read, and each table is named once', () => {
    const piece = fc.constantFrom(
      'A_CL',
      '|',
      '(',
      ')',
      ',',
      ';',
      'let',
      '=',
      'union',
      'join',
      'kind',
      'table',
      '"',
      ' ',
    );
    const query = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((pieces) => pieces.join(' ')),
    );
    fc.assert(
      fc.property(query, (text) => {
        const { tables } = tablesRead(text);
        expect(new Set(tables).size).toBe(tables.length);
      }),
    );
  });

  test('of a union one is enough, of a join each is needed', () => {
    expect(tablesRead('union A_CL, B_CL').isUnion).toBe(true);
    expect(tablesRead('A_CL | join B_CL on Id').isUnion).toBe(false);
  });
});
