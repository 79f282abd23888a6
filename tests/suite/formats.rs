//! What programs read: SARIF, annotations, JUnit, the comment on a pull request.

use serde_json::Value;

use crate::scratch::{Ran, Scratch};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

/// A project in which a finding stands in a file with a byte order mark, CRLF, tabs, Arabic and emoji.
fn mixed() -> Scratch {
    let s = Scratch::flood();
    let facts = "[gap.drain]\r\n\tquestion\t= \"متى فُتحت 😀 القناة؟ e\u{301}\"\tsuch = 1\r\n\r\n# 😀😀 سد\r\n[gap.gate-2]\r\nquestion = \"x\"\r\nabout = [\"flod\"] # \u{1f1eb}\u{1f1f7}\r\n";
    s.write("seeds/ferrow/mixed.toml", [b"\xef\xbb\xbf".as_slice(), facts.as_bytes()].concat());
    s
}

fn sarif(ran: &Ran) -> Value {
    let log = json(&ran.out);
    assert_eq!((&log["version"], log["runs"].as_array().map(Vec::len)), (&Value::from("2.1.0"), Some(1)));
    log["runs"][0].clone()
}

#[test]
fn places_are_right_whatever_the_file_holds() {
    let s = mixed();
    // the first line of the file is broken TOML: the second value must be on a line of its own
    s.edit("seeds/ferrow/mixed.toml", "\tsuch = 1", "");
    let file = s.bytes("seeds/ferrow/mixed.toml");
    let at = |word: &str| {
        let text = String::from_utf8(file.clone()).unwrap();
        let start = text.find(word).unwrap();
        (start, start + word.len())
    };
    let (start, end) = at("\"flod\"");
    let ran = s.run(&["check", "--format", "json"]).exits(2);
    let finding = json(ran.out.lines().next().unwrap());
    let label = &finding["labels"][0];
    assert_eq!(label["file"], "seeds/ferrow/mixed.toml");
    assert_eq!((&label["line"], &label["column"], &label["end_column"]), (&7.into(), &10.into(), &16.into()));
    assert_eq!((&label["bytes"][0], &label["bytes"][1]), (&start.into(), &end.into()));
    s.run(&["check", "--format", "short"]).exits(2).says("seeds/ferrow/mixed.toml:7:10: error[");
    s.run(&["check", "--format", "github"])
        .exits(2)
        .says("::error file=seeds/ferrow/mixed.toml,line=7,col=10,endColumn=16,title=reference::");
    let run = sarif(&s.run(&["check", "--format", "sarif"]).exits(2));
    let region = &run["results"][0]["locations"][0]["physicalLocation"]["region"];
    let expected = serde_json::json!({
        "startLine": 7, "startColumn": 10, "endLine": 7, "endColumn": 16, "snippet": { "text": "\"flod\"" },
    });
    assert_eq!((region, &run["columnKind"]), (&expected, &Value::from("unicodeCodePoints")));
    s.run(&["check", "--format", "junit"]).exits(2).says("seeds/ferrow/mixed.toml:7:10");
    // on a line with tabs, Arabic, emoji and a combining accent, columns count characters
    let s = mixed();
    s.edit("seeds/ferrow/mixed.toml", "\tsuch = 1", "");
    s.edit("seeds/ferrow/mixed.toml", "[\"flod\"]", "[\"flood\"]");
    s.edit("seeds/ferrow/mixed.toml", "\tquestion\t=", "\ttlp = \"😀 س\"\t\r\nquestion\t=");
    let ran = s.run(&["check", "--format", "json"]).exits(2);
    let label = json(ran.out.lines().next().unwrap())["labels"][0].clone();
    assert_eq!((&label["line"], &label["column"], &label["end_column"]), (&2.into(), &8.into(), &13.into()));
    let bytes = s.bytes("seeds/ferrow/mixed.toml");
    let span = label["bytes"][0].as_u64().unwrap() as usize..label["bytes"][1].as_u64().unwrap() as usize;
    assert_eq!(std::str::from_utf8(&bytes[span]).unwrap(), "\"😀 س\"");
}

#[test]
fn a_log_is_whole_whatever_happens() {
    let s = Scratch::flood();
    s.run(&["build"]).exits(0);
    let run = sarif(&s.run(&["check", "--format", "sarif"]).exits(0));
    assert_eq!((&run["results"], &run["invocations"][0]["exitCode"]), (&serde_json::json!([]), &0.into()));
    assert_eq!(run["properties"]["ferrow"]["quotations"], "7");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), factbrief::check::rules::RULES.len());
    assert!(rules.iter().all(|rule| rule["help"]["markdown"].as_str().is_some_and(|page| page.contains("## Why"))));
    // no project at all
    let none = Scratch::empty();
    let run = sarif(&none.run(&["check", "--format", "sarif"]).exits(2));
    assert_eq!(run["results"][0]["ruleId"], "no-project");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    // a file that is no TOML, and an archive that is not there
    s.write("seeds/ferrow/broken.toml", "[claim\n");
    let run = sarif(&s.run(&["check", "--format", "sarif"]).exits(2));
    assert_eq!(
        run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "seeds/ferrow/broken.toml"
    );
    let run = sarif(&s.run(&["check", "--format", "sarif", "--archive", "nowhere"]).exits(2));
    assert_eq!(run["results"].as_array().map(Vec::len), Some(1));
    // words go to standard error, and standard output is the document alone
    for format in ["sarif", "junit"] {
        let ran = s.run(&["build", "--check", "--format", format]).exits(2);
        assert!(ran.out.starts_with(['{', '<']) && ran.out.ends_with(['\n']), "{}", ran.out);
    }
}

#[test]
fn a_stale_briefing_is_a_finding_in_every_format() {
    let s = Scratch::flood();
    s.run(&["build"]).exits(0);
    s.run(&["build", "--check"]).exits(0).says("1 briefing compared with what is there");
    s.edit("seeds/ferrow/facts.toml", "question = \"Was the gate open?\"", "question = \"Was the gate shut?\"");
    let line = 1 + s.read("briefings/ferrow.md").lines().position(|l| l.contains("Was the gate open?")).unwrap();
    s.run(&["build", "--check"]).exits(1).says("error[briefing-stale]").says("+- **Was the gate shut?**");
    s.run(&["build", "--check", "--format", "short"])
        .exits(1)
        .says(&format!("briefings/ferrow.md:{line}:1: error[briefing-stale]"));
    let ran = s.run(&["build", "--check", "--format", "json"]).exits(1);
    let lines: Vec<Value> = ran.out.lines().map(json).collect();
    assert!(lines[0]["code"] == "briefing-stale" && lines[1]["stale"] == 1, "{}", ran.out);
    let run = sarif(&s.run(&["build", "--check", "--format", "sarif"]).exits(1));
    let result = &run["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], line);
    assert_eq!(run["automationDetails"]["id"], "factbrief/build/");
    s.run(&["build", "--check", "--format", "github"])
        .exits(1)
        .says(&format!("::error file=briefings/ferrow.md,line={line},"));
    let ran = s.run(&["build", "--check", "--format", "junit"]).exits(1);
    assert!(
        ran.out.contains("<testsuite name=\"briefings\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\">"),
        "{}",
        ran.out
    );
    // the PDF alone, and nothing at all
    let s = Scratch::flood();
    s.run(&["build", "--check", "--format", "github"]).exits(1).says("::error file=briefings/ferrow.toml,line=1,");
    s.run(&["build"]).exits(0);
    s.write("briefings/ferrow.pdf", "%PDF-1.7 x");
    s.run(&["build", "--check", "--format", "short"])
        .exits(1)
        .says("briefings/ferrow.toml:1:11: error[briefing-stale]");
}

#[test]
fn a_lock_that_is_out_of_date_is_a_finding() {
    let s = Scratch::flood();
    s.run(&["check"]).exits(0);
    s.edit("seeds/ferrow/facts.toml", "quote  = \"The Tarn burst its banks", "quote  = \"Tarn burst its banks");
    s.run(&["check", "--locked", "--format", "github"])
        .exits(1)
        .says("title=lock-outdated::seeds/ferrow/evidence.lock is not up to date");
}

#[test]
fn a_project_in_a_folder_is_named_from_the_root_of_the_repository() {
    let s = Scratch::flood();
    let outer = Scratch::empty();
    std::fs::create_dir_all(outer.path().join("sub dir")).unwrap();
    std::fs::rename(s.path(), outer.path().join("sub dir/é")).unwrap();
    outer.write(".git", "gitdir: elsewhere\n");
    outer.edit("sub dir/é/seeds/ferrow/facts.toml", "value   = \">=24\"", "value   = \"24\"");
    let folder = outer.path().join("sub dir/é");
    let project = folder.to_str().unwrap();
    let run = sarif(&outer.run(&["check", "--project", project, "--format", "sarif"]).exits(1));
    let place = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(
        (&place["uri"], &place["uriBaseId"]),
        (&"sub%20dir/%C3%A9/seeds/ferrow/facts.toml".into(), &"%SRCROOT%".into())
    );
    let article = &run["results"][0]["relatedLocations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!((&article["uri"], &article["uriBaseId"]), (&"post.txt".into(), &"ARCHIVE".into()));
    let ran = outer.run(&["check", "--project", project, "--format", "github"]).exits(1);
    ran.says("::error file=sub dir/é/seeds/ferrow/facts.toml,line=");
    // what the call names is relative to where it is called
    outer.write("sub dir/memo.md", "In Ferrow 77 people were killed.\n");
    let ran = outer.run(&["audit", "sub dir/memo.md", "--project", project, "--format", "github"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
}

#[test]
fn nothing_breaks_out_of_an_annotation_or_a_summary() {
    let s = Scratch::flood();
    let hostile =
        "x\u{1b}]0;a\u{7} %0A::error::evil,file=a <img src=x> @octocat #12 ![p](http://e.org/p.png) | `c` ##[error]y";
    s.write(
        "seeds/ferrow/hostile.toml",
        format!("[gap.a]\nquestion = 'q'\nabout = [{hostile:?}]\n\"::stop-commands::z\" = 1\n"),
    );
    let summary = s.path().join("summary.md");
    let mut command = s.command(&["check", "--format", "github"]);
    let output = command.env("GITHUB_STEP_SUMMARY", &summary).env("GITHUB_ACTIONS", "true").output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(
        !out.is_empty() && out.lines().all(|line| line.starts_with("::error file=seeds/ferrow/hostile.toml,line=")),
        "{out}"
    );
    assert!(!out.contains("%0A::error") && !out.contains('\u{1b}'), "{out}");
    assert!(err.lines().all(|line| !line.trim_start().starts_with("::") && !line.contains("##[")), "{err}");
    let table = s.read("summary.md");
    assert!(table.contains("### factbrief check: the input or the call cannot be used"), "{table}");
    assert!(
        !table.replace("\\<", "").contains("<img")
            && !table.contains("![p](")
            && !table.contains("@octocat")
            && !table.contains(" #12"),
        "{table}"
    );
    let rows = table.lines().filter(|line| line.starts_with("| error")).count();
    assert!(rows >= 1 && rows == out.lines().count(), "{table}");
    // a second step adds to it
    s.command(&["check", "--format", "github"]).env("GITHUB_STEP_SUMMARY", &summary).output().unwrap();
    assert_eq!(s.read("summary.md").matches("### factbrief check").count(), 2);
}

#[test]
fn a_difference_in_words_is_no_command_for_a_runner() {
    let s = Scratch::flood();
    s.run(&["build"]).exits(0);
    let markdown = s.read("briefings/ferrow.md");
    s.write("briefings/ferrow.md", markdown.replacen("## ", "::add-mask::x\n\n## ", 1));
    for format in ["human", "github", "json"] {
        let output =
            s.command(&["build", "--check", "--format", format]).env("GITHUB_ACTIONS", "true").output().unwrap();
        let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(format!("{out}{err}").contains("::add-mask::x"), "{format}");
        let commands = err.lines().chain(out.lines()).filter(|line| line.trim_start().starts_with("::"));
        assert!(commands.clone().all(|line| line.starts_with("::error file=briefings/ferrow.md")), "{out}{err}");
    }
}

#[test]
fn junit_has_a_case_for_each_quotation_and_passes_nothing_in_silence() {
    let s = Scratch::flood();
    let ran = s.run(&["check", "--format", "junit"]).exits(0);
    assert!(
        ran.out.contains("<testsuites name=\"factbrief check\" tests=\"7\" failures=\"0\" errors=\"0\">"),
        "{}",
        ran.out
    );
    s.edit("seeds/ferrow/facts.toml", "value   = \">=24\"", "value   = \"24\"");
    let ran = s.run(&["check", "--format", "junit"]).exits(1);
    assert!(ran.out.contains("tests=\"7\" failures=\"1\" errors=\"0\">"), "{}", ran.out);
    assert!(ran.out.contains("<failure type=\"figure-differs-from-source\""), "{}", ran.out);
    // an article that is not the one: its quotations are not proved, and do not pass
    let s = Scratch::flood();
    s.write("archive/post.txt", "Another text.\n");
    let ran = s.run(&["check", "--format", "junit"]).exits(1);
    assert!(ran.out.contains("type=\"article-changed\"") && ran.out.contains("type=\"not-proved\""), "{}", ran.out);
    let errors: usize = ran.out.matches("<error ").count();
    assert_eq!(errors, 1 + 4, "{}", ran.out);
    // a dossier with nothing to prove is refused
    let s = Scratch::empty();
    s.write("factbrief.toml", "title = \"t\"\n");
    s.write("seeds/d/facts.toml", "[actor.a]\nname = \"A\"\nkind = \"person\"\n");
    let ran = s.run(&["check", "--format", "junit"]).exits(1);
    assert!(
        ran.out.contains("tests=\"1\" failures=\"0\" errors=\"1\"") && ran.out.contains("never a pass"),
        "{}",
        ran.out
    );
}

#[test]
fn an_exception_is_a_suppressed_result_with_its_reason() {
    let s = Scratch::flood();
    s.edit(
        "seeds/ferrow/facts.toml",
        "[gap.gate]",
        "[source.unused]\nfile = \"herald.txt\"\nsha256 = \"0\"\ntitle = \"t\"\nallow = [{ rule = \"source-not-cited\", reason = \"kept <for> later\" }]\n\n[gap.gate]",
    );
    let hash = factbrief::text::hash::sha256(&s.bytes("archive/herald.txt"));
    s.edit("seeds/ferrow/facts.toml", "sha256 = \"0\"", &format!("sha256 = \"{hash}\""));
    let run = sarif(&s.run(&["check", "--format", "sarif"]).exits(0));
    let results = run["results"].as_array().unwrap();
    let found = results.iter().find(|r| r["ruleId"] == "source-not-cited").expect("the exception");
    assert_eq!(found["suppressions"][0]["justification"], "kept <for> later");
    assert_eq!((&found["suppressions"][0]["kind"], &found["level"]), (&"inSource".into(), &"warning".into()));
}

#[test]
fn findings_go_to_files_beside_what_is_shown() {
    let s = Scratch::flood();
    s.edit("seeds/ferrow/facts.toml", "value   = \">=24\"", "value   = \"24\"");
    let ran = s.run(&["check", "--report", "sarif=a.sarif", "--report", "junit=b.xml"]).exits(1);
    ran.says("error[figure-differs-from-source]");
    assert_eq!(json(&s.read("a.sarif"))["runs"][0]["results"][0]["ruleId"], "figure-differs-from-source");
    assert!(s.read("b.xml").contains("failures=\"1\""));
    s.run(&["check", "--report", "sarif=nowhere/a.sarif"]).exits(4).says("cannot write nowhere/a.sarif");
    s.run(&["check", "--report", "sariff=a"]).exits(2).says("did you mean `sarif`?");
    s.run(&["check", "--report", "sarif="]).exits(2);
    s.run(&["show", "flood", "--report", "sarif=c"]).exits(2).says("this command is none of them");
    s.run(&["show", "flood", "--format", "sarif"]).exits(2);
    s.run(&["check", "--format", "sarif,junit"]).exits(2).says("in one way");
    s.run(&["check", "--format", "github-comment"]).exits(2).says("factbrief diff");
}

#[test]
fn a_shard_says_what_it_compared() {
    let s = Scratch::flood();
    let request = s.read("briefings/ferrow.toml");
    for slug in ["a", "b"] {
        s.write(&format!("briefings/{slug}.toml"), &request);
    }
    s.run(&["build"]).exits(0);
    s.run(&["build", "--check", "--shard", "1/2"])
        .exits(0)
        .says("part 1 of 2: 2 of 3 briefings")
        .says("2 briefings compared");
    s.run(&["build", "--check", "--shard", "4/4"])
        .exits(0)
        .says("part 4 of 4: 0 of 3 briefings")
        .says("no briefing was compared");
    let ran = s.run(&["build", "--check", "--shard", "4/4", "--format", "junit"]).exits(0);
    assert!(ran.out.contains("<skipped message=\"no briefing is in this part\"/>"), "{}", ran.out);
    s.edit("briefings/b.md", "Ferrow", "Farrow");
    s.run(&["build", "--check", "--shard", "2/2"]).exits(1).says("1 of 1 briefings not current");
    s.run(&["build", "--check", "--shard", "1/2"]).exits(0);
    let parts: Vec<i32> = (1..=3).map(|i| s.run(&["build", "--check", "--shard", &format!("{i}/3")]).code).collect();
    assert_eq!(parts.iter().sum::<i32>(), 1, "{parts:?}");
}

fn git(s: &Scratch, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    command.current_dir(s.path()).args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(arguments);
    assert!(command.output().unwrap().status.success(), "{arguments:?}");
}

/// A repository with one commit.
pub(crate) fn repository() -> Scratch {
    let s = Scratch::flood();
    s.run(&["check"]).exits(0);
    git(&s, &["init", "-q", "-b", "main"]);
    git(&s, &["add", "."]);
    git(&s, &["commit", "-q", "-m", "a"]);
    s
}

#[test]
fn a_comment_says_what_changes_and_stays_text() {
    let s = repository();
    let ran = s.run(&["diff", "HEAD", "--format", "github-comment"]).exits(0);
    assert!(ran.out.starts_with("<!-- factbrief diff -->\n"), "{}", ran.out);
    ran.says("no difference; none of 1 briefings says anything else");
    // the toll rises: another text of the article, another figure
    let hash = |s: &Scratch| factbrief::text::hash::sha256(&s.bytes("archive/post.txt"));
    let before = hash(&s);
    s.edit("archive/post.txt", "24", "31");
    s.edit("seeds/ferrow/facts.toml", &before, &hash(&s));
    s.edit("seeds/ferrow/facts.toml", "value   = \">=24\"", "value   = \">=31\"");
    s.edit("seeds/ferrow/facts.toml", "At least 24 people", "At least 31 people");
    s.edit("seeds/ferrow/facts.toml", "words   = \"At least 24\"", "words   = \"At least 31\"");
    let hostile = "Is <img src=x> ![p](https://e.org/p.png) @octocat #12 `open`?";
    s.edit("seeds/ferrow/facts.toml", "Was the gate open?", hostile);
    let ran = s.run(&["diff", "HEAD", "--format", "github-comment"]).exits(0);
    let text = &ran.out;
    assert!(text.contains("**1 of 1 briefings says something else**"), "{text}\n{}", ran.err);
    assert!(text.contains("<summary>Briefing <code>ferrow</code>"), "{text}");
    assert!(text.contains("at least 24") && text.contains("at least 31") && text.contains("`killed-mayor`"), "{text}");
    assert!(
        !text.replace("\\<", "").contains("<img")
            && !text.contains("![p](")
            && !text.contains("@octocat")
            && !text.contains(" #12"),
        "{text}"
    );
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

#[test]
fn a_comment_has_room_for_so_much_and_says_what_it_leaves_out() {
    let s = repository();
    let gaps: String = (0..2000)
        .map(|i| {
            format!("[gap.the-gate-of-which-nobody-knows-whether-it-was-open-{i}]\nquestion = \"Was the gate numbered so open on that day or was it shut by then?\"\n\n")
        })
        .collect();
    s.write("seeds/ferrow/gaps.toml", gaps);
    let ran = s.run(&["diff", "HEAD", "--format", "github-comment"]).exits(0);
    assert!(ran.out.len() <= 65_536 && ran.out.len() > 30_000, "{}", ran.out.len());
    ran.says("more not shown**");
}
