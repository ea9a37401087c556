"""One file per thing that is looked for from outside; the file's name is the name in the report."""
