const evaluate = `npm run policy -- evaluate --definition F [--parameters F] --resource F [--aliases F] [--related F] [--json]

Judges one resource by one policy definition and says why.

  --definition F   the definition as ARM returns it, or its inner object alone ({"mode", "parameters", "policyRule"})
  --parameters F   values of the assignment: {"name": value} or {"name": {"value": value}}
  --resource F     the resource as ARM returns it
  --aliases F      Azure's table: what GET /providers?$expand=resourceTypes/aliases answers. Without it the paths of
                   aliases are guessed, nearly always rightly, and the output says so
  --related F      what else exists, an array of resources: those that existence checks look for (what is not among
                   them does not exist), the resource group, the subscription
  --json           one JSON object instead of lines

Exit code: 0 compliant or notApplicable, 2 nonCompliant, 3 unknown or error, 1 wrong use or a file that cannot be read.
`;

const conformance = `npm run policy -- conformance FILE-or-DIR…

Runs conformance cases (*.jsonl, one JSON object per line) and prints how many passed and every case that failed, with
what was expected and what was found. Tables of aliases that cases name are looked for beside the file (aliases/NAME,
and aliases.json for "azure"), in the folders above it, and beside the other files of the command line.

Exit code: 0 every case passed, 1 one failed, or wrong use.
`;

const compile = `npm run policy -- compile DIR [--aliases F]

Compiles every policy definition below a folder (*.json with a policyRule), for every resource type that it names, and
prints how many compiled and what was not understood: file, path in the rule, reason.

  --aliases F      Azure's table, as for evaluate: then an alias that it does not have is not understood either

Exit code: 0 all compiled, 1 something was not understood, there is no definition, or wrong use.
`;

const all = `npm run policy -- COMMAND …

  evaluate      judge one resource by one policy definition, and say why
  conformance   run conformance cases
  compile       compile every definition below a folder

COMMAND --help tells more.
`;

export const USAGE = { all, evaluate, conformance, compile } as const;
