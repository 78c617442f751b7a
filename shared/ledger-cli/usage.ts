const source = `  --folder DIR         read downloaded blobs (<subscription>/000001.jsonl …) instead of the app's own storage, which is
                       named as for the app: AzureWebJobsStorage__accountName, with the identity that is signed in
                       (it needs to read blobs and tables), or AzureWebJobsStorage, a connection string
  --subscription ID    only the chain of this subscription`;

const verify = `npm run ledger -- verify [--folder DIR] [--subscription ID]

Reads every line of the ledger and checks that it is as it was written, that it follows from the line before it, and that
no line and no segment is missing. In the app's own storage every change of the ledger's index has to be in the chain,
too; a folder has no index, so that lines missing at the very end of a chain do not show.

${source}

One line a chain: how many lines and changes it has, and how the changes ended. \`no end\`: it is being written right now, or
whoever began it died before it was sent, or its end has not been found out yet.

Exit code: 0 no fault, 1 faults, 2 wrong use, or the ledger cannot be read.
`;

const list = `npm run ledger -- list [--since TIME] [--folder DIR] [--subscription ID]

Prints the changes, newest last: when, how it ended, for which control, what, on which resource, why, and every field
that it changed. Checks the chain as it reads, as verify does, and tells faults.

  --since TIME         only changes from this time on, as 2026-03-01 or 2026-03-01T08:00:00Z
${source}

Exit code: 0 no fault, 1 faults, 2 wrong use, or the ledger cannot be read.
`;

const all = `npm run ledger -- COMMAND …

  verify   check that nothing in the ledger was changed, added or taken out
  list     print what was changed, field by field

COMMAND --help tells more.
`;

export const usage = { all, verify, list } as const;
