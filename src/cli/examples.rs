//! Examples for `--help`, of a project with a briefing `ferrow`, a source `post` and an event `flood`. A test runs each.

pub(super) const PROGRAM: &str = "\
Examples:
  factbrief check
      prove the facts of the project that this folder is in
  factbrief build
      print its briefings
  factbrief doctor
      look over the installation and the project

`factbrief COMMAND --help` shows examples of a command.
Exit codes: 0 all is well, 1 findings or a stale briefing, 2 the input or the call cannot be used, 3 a limit was
reached, 4 cannot read or write, 70 a defect of the program.";

pub(super) const INIT: &str = "\
Examples:
  factbrief init desk
      make the folder desk, with an invented sample in it
  factbrief init desk --title Floods
      the same, under a title of yours
  factbrief init desk --from-articles page.html
      with a saved page in place of the sample, and records proposed for it";

pub(super) const WATCH: &str = "\
On an error the last good output stays as it is. One line a save, with the findings before it.

Examples:
  factbrief watch
      check and print all briefings whenever a file is saved
  factbrief watch ferrow --format md
      one briefing, its Markdown alone";

pub(super) const CHECK: &str = "\
Examples:
  factbrief check
      prove every quotation, run every rule, refresh the evidence lock
  factbrief check --locked --no-archive
      as a job without the articles does: by the evidence lock alone, which must be up to date
  factbrief check --deny quote-long --allow source-not-cited
      with other levels for two rules
  factbrief check --locked --format github --report sarif=check.sarif --report junit=check.xml
      annotations for a pull request, and two files for other readers";

pub(super) const BUILD: &str = "\
FACTBRIEF_LIMITS lowers what one document may cost, as processor=5,wall=10,memory=1024 (seconds, seconds, MiB).

Examples:
  factbrief build
      print what has changed
  factbrief build ferrow --format html
      print one briefing as a web page
  factbrief build --check
      say whether what is committed is what would be printed, and show the difference
  factbrief build --check --shard 1/1 --format junit
      the first of one part, for a job that shares a large set with others
  factbrief build ferrow --as-of 2024-03-06 --out elsewhere
      what was known on a day, to another folder
  factbrief build ferrow --context
      what templates are given, as JSON";

pub(super) const AUDIT: &str = "\
Examples:
  factbrief audit briefings/ferrow.pdf
      find what is printed and comes from no record
  factbrief audit briefings/ferrow.md --trace
      the way from each sentence to the lines of the articles";

pub(super) const VERIFY: &str = "\
A document proves itself: a project or archive is used only where it is named.

Examples:
  factbrief verify briefings/ferrow.pdf
      hold the pages against the records that the PDF carries
  factbrief verify briefings/ferrow.pdf --archive archive --project .
      these against the articles, and against the project as it is today";

pub(super) const EXTRACT: &str = "\
Examples:
  factbrief extract briefings/ferrow.pdf --out carried
      write the records, their proofs, the view and the Markdown to a folder";

pub(super) const IMPACT: &str = "\
Examples:
  factbrief impact post
      what rests on a source, for the day when it is retracted
  factbrief impact mayor --format json
      the same of an actor, for a program";

pub(super) const DIFF: &str = "\
Examples:
  factbrief diff
      what has changed since each briefing's last issue
  factbrief diff HEAD --briefing ferrow
      what has changed in the facts and in one briefing since the last commit
  factbrief diff HEAD --format github-comment
      the same as a comment for a pull request";

pub(super) const TEMPLATE: &str = "\
Examples:
  factbrief template list
      the kinds of briefing and the languages that there are
  factbrief template new fact-sheet brief-sheet
      begin a kind of your own with a copy of one that is shipped
  factbrief template language pt-BR
      begin a table of fixed words";

pub(super) const SHOW: &str = "\
Examples:
  factbrief show flood
      a record, its quotations in their paragraphs, and what refers to it";

pub(super) const SOURCE: &str = "\
Examples:
  factbrief source add page.html
      take in a page that a browser saved
  factbrief source add page.html --dry-run
      show what would be written";

pub(super) const QUOTE: &str = "\
Examples:
  factbrief quote post \"1,200 homes\" --event flood
      propose the record for a few words of an article
  factbrief quote post \"Some 3,000 people\" --append
      write the proposal, commented out, to a file of the dossier";

pub(super) const SUGGEST: &str = "\
Examples:
  factbrief suggest post
      what an article says that no record uses yet
  factbrief suggest --all --write
      propose records for all of it, commented out";

pub(super) const FIND: &str = "\
Examples:
  factbrief find \"the mayor\"
      where words stand in the articles, and which records rest on them
  factbrief find Tarn --everywhere
      also in files of the archive that no source names";

pub(super) const REVIEW: &str = "\
Examples:
  factbrief review killed-mayor --by \"Ada Brook\" --yes
      record that a person held a record against its article
  factbrief review --list
      who held which, and what is left";

pub(super) const LSP: &str = "\
Examples:
  factbrief lsp
      what an editor starts; it speaks over standard input and output";

pub(super) const SCHEMA: &str = "\
Examples:
  factbrief schema
      the JSON Schema of a dossier
  factbrief schema --out schema
      those of dossiers, briefings and the project, each in a file";

pub(super) const IMPORT: &str = "\
Examples:
  factbrief import mappings ged
      print the mapping of a table that many use
  factbrief import csv events.csv --mapping ged --dry-run
      read a table of events, and write nothing
  factbrief import references reading.bib
      references as sources whose articles are still to be added";

pub(super) const EXPORT: &str = "\
Examples:
  factbrief export references --as bibtex
      all sources, for a program that manages references
  factbrief export references ferrow --as csl-json
      those of one briefing";

pub(super) const EXPLAIN: &str = "\
Examples:
  factbrief explain
      all rules, with their groups and levels
  factbrief explain quote-not-verbatim
      what a rule finds, why it matters, what fails and what passes";

pub(super) const DOCTOR: &str = "\
Examples:
  factbrief doctor
      what is in order, what is not, and what to do
  factbrief doctor --format json
      the same for a program";

pub(super) const COMPLETIONS: &str = "\
Examples:
  factbrief completions bash
      put the output into ~/.local/share/bash-completion/completions/factbrief
  factbrief completions zsh
      put the output into a file `_factbrief` in a folder of your `fpath`
  factbrief completions fish
      put the output into ~/.config/fish/completions/factbrief.fish";

pub(super) const MAN: &str = "\
Examples:
  factbrief man
      the manual page of the program, for `man -l -`
  factbrief man check
      that of a command
  factbrief man --out man1
      all pages, a file each";
