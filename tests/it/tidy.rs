//! Rules of the project that a program can check.

use std::fs;
use std::path::Path;

use tests::checkout;

/// Returns the files whose path from the root is wanted, with their texts.
fn texts(wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let (root, files) = checkout();
    let found: Vec<_> = files
        .iter()
        .map(|file| {
            let name = file
                .strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            (name, file.as_path())
        })
        .filter(|(name, _)| wanted(name))
        .map(|(name, file)| (name, read(file)))
        .collect();
    assert!(!found.is_empty(), "no file is checked");
    found
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

fn is_rust(name: &str) -> bool {
    ending(name) == "rs"
}

#[test]
fn hand_written_files_have_at_most_350_lines() {
    for (name, text) in texts(|name| is_rust(name) && !name.ends_with("/generated.rs")) {
        let lines = text.lines().count();
        assert!(lines <= 350, "{name} has {lines} lines (maximum 350)");
    }
}

#[test]
fn source_files_start_with_docs() {
    let is_source = |name: &str| is_rust(name) && name.contains("/src/");
    for (name, text) in texts(is_source) {
        let starts = ["//!", "#![doc", "// @generated"];
        assert!(
            name.ends_with("/tests.rs") || starts.iter().any(|start| text.starts_with(start)),
            "{name} does not start with a doc comment"
        );
    }
}

#[test]
fn only_the_library_uses_the_generated_crate() {
    for (name, text) in texts(|name| is_rust(name) || name.ends_with("/Cargo.toml")) {
        let allowed = [
            "crates/deploystatus-generated/",
            "crates/deploystatus/",
            "tests/",
            "xtask/",
        ];
        assert!(
            allowed.iter().any(|folder| name.starts_with(folder))
                || !(text.contains("deploystatus_generated")
                    || text.contains("deploystatus-generated")),
            "{name} uses the generated crate"
        );
    }
}

#[test]
fn only_xtask_depends_on_the_generator() {
    for (name, text) in texts(|name| name.ends_with("/Cargo.toml")) {
        let depends = text.lines().any(|line| {
            [
                "progenitor.",
                "progenitor ",
                "typify",
                "openapiv3",
                "prettyplease",
            ]
            .iter()
            .any(|crate_name| line.starts_with(crate_name))
        });
        assert_eq!(depends, name == "xtask/Cargo.toml", "{name}");
    }
}

#[test]
fn packages_share_version_and_lints() {
    // Packages that are workspaces of their own have other settings.
    let packages = texts(|name| name.ends_with("/Cargo.toml"));
    for (name, text) in packages
        .iter()
        .filter(|(_, text)| !text.contains("[workspace]\n"))
    {
        for shared in [
            "version.workspace = true",
            "edition.workspace = true",
            "[lints]\nworkspace = true",
        ] {
            assert!(text.contains(shared), "{name} lacks `{shared}`");
        }
        assert!(
            text.contains("publish = false") || text.contains("\nreadme = \"README.md\"\n"),
            "{name} is published without a README"
        );
    }
}

#[test]
fn documents_and_workflows_state_the_minimum_rust_version() {
    let (root, _) = checkout();
    let version = env!("CARGO_PKG_RUST_VERSION");
    for (file, statement) in [
        ("README.md", format!("Rust {version} or newer")),
        ("CONTRIBUTING.md", format!("Rust {version} or newer")),
        ("ARCHITECTURE.md", format!("requires Rust {version}")),
        (
            "crates/deploystatus/README.md",
            format!("Requires Rust {version}"),
        ),
        (
            ".github/workflows/ci.yml",
            format!("RUSTUP_TOOLCHAIN: \"{version}\""),
        ),
    ] {
        assert!(
            read(&root.join(file)).contains(&statement),
            "{file} does not state {statement:?}"
        );
    }
    for (name, text) in texts(|name| name.ends_with("/Cargo.toml")) {
        assert!(
            !text.contains("rust-version = "),
            "{name} has a version of its own"
        );
    }
}

#[test]
fn changelog_has_a_heading_for_this_version() {
    let (root, _) = checkout();
    let changelog = read(&root.join("CHANGELOG.md"));
    let headings: Vec<_> = changelog
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    assert_eq!(headings.first(), Some(&"[Unreleased]"));
    let version = format!("[{}] - ", env!("CARGO_PKG_VERSION"));
    let is_unreleased = headings.len() == 1;
    assert!(
        is_unreleased || headings.iter().any(|it| it.starts_with(&version)),
        "CHANGELOG.md has no heading `## {version}YYYY-MM-DD`"
    );
}

#[test]
fn doc_examples_are_not_ignored() {
    for (name, text) in texts(|name| is_rust(name) || ending(name) == "md") {
        let fence = "```";
        assert!(
            !text.contains(&format!("{fence}ignore")),
            "{name} has an ignored example"
        );
        assert!(
            !text.contains(&format!("{fence}rust,ignore")),
            "{name} has an ignored example"
        );
    }
}

#[test]
fn relative_links_in_documents_resolve() {
    let (root, _) = checkout();
    for (name, text) in texts(|name| ending(name) == "md") {
        let folder = root.join(&name).parent().unwrap().to_owned();
        for target in text.split("](").skip(1) {
            let target = target.split([')', '#']).next().unwrap_or_default();
            // rustdoc checks links to items.
            let is_item = target.starts_with("crate::");
            // GitHub resolves these links of the root README in any repository, also before its address is known.
            let is_github_page = name == "README.md"
                && ["../../actions/workflows/ci.yml", "../../releases"]
                    .iter()
                    .any(|page| target.starts_with(page));
            assert!(
                is_item || is_github_page || target.contains("://") || folder.join(target).exists(),
                "{name} links to {target}, which does not exist"
            );
        }
    }
}

#[test]
fn programs_of_readmes_are_complete() {
    for (name, text) in texts(|name| name.ends_with("README.md")) {
        for block in text.split("\n```rust").skip(1) {
            let program = block.split("\n```").next().unwrap_or_default();
            assert!(
                program.contains("fn main() "),
                "{name} has a program without `main`"
            );
            // rustdoc hides such lines, but GitHub and the registry show them.
            assert!(
                program
                    .lines()
                    .all(|line| line != "#" && !line.starts_with("# ")),
                "{name} has a program with hidden lines"
            );
        }
    }
}

#[test]
fn links_to_headings_resolve() {
    let (root, _) = checkout();
    for (name, text) in texts(|name| ending(name) == "md") {
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().unwrap_or_default();
            let Some((target, heading)) = link.split_once('#') else {
                continue;
            };
            if target.contains("://") || target.starts_with("crate::") {
                continue;
            }
            let mut file = root.join(&name);
            if !target.is_empty() {
                file = file.parent().unwrap().join(target);
            }
            let target = read(&file);
            let has_heading = target
                .lines()
                .filter_map(|line| line.strip_prefix('#'))
                .any(|line| anchor(line.trim_start_matches('#')) == heading);
            assert!(
                has_heading,
                "{name} links to {link}, which has no such heading"
            );
        }
    }
}

/// Returns the anchor that GitHub gives to a heading.
fn anchor(heading: &str) -> String {
    let kept = heading
        .trim()
        .chars()
        .filter(|character| character.is_alphanumeric() || matches!(character, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn claims_of_the_comparison_have_links() {
    let (root, _) = checkout();
    let page = read(&root.join("docs/comparison.md"));
    let mut is_header = true;
    for line in page.lines() {
        let is_row = line.starts_with('|');
        let is_claim = is_row && !is_header && !line.starts_with("|---") || line.starts_with("- ");
        is_header = !is_row;
        assert!(
            !is_claim || line.contains('['),
            "docs/comparison.md has a claim without a link: {line}"
        );
    }
}

#[test]
fn clients_of_the_comparison_have_the_measured_versions() {
    let (root, _) = checkout();
    let page = read(&root.join("docs/comparison.md"));
    let measured = read(&root.join("tests/clients/README.md"));
    let header = page.lines().find(|line| line.starts_with("| situation |"));
    for client in header.unwrap().split('|').map(str::trim).skip(2) {
        assert!(
            measured.contains(&format!("| {client} |")) || client.is_empty(),
            "{client}"
        );
    }
}

#[test]
fn no_file_contains_a_local_path() {
    let elsewhere = ["..", "/shared"].concat();
    // Files that a fuzzer writes need not be text.
    let bytes = ["target/", "fuzz/corpus/", "fuzz/artifacts/"];
    let is_text =
        |name: &str| ending(name) != "png" && bytes.iter().all(|it| !name.starts_with(it));
    for (name, text) in texts(|name| name != ".ci/run" && is_text(name)) {
        assert!(
            !text.contains(&elsewhere),
            "{name} contains a path outside the project"
        );
        assert!(
            !text.contains(&["/ro", "ot/"].concat()),
            "{name} contains a path of one machine"
        );
    }
}

#[test]
fn example_for_contributors_is_a_test() {
    let (root, _) = checkout();
    let compact = |text: &str| text.split_whitespace().collect::<String>();
    let guide = read(&root.join("CONTRIBUTING.md"));
    let (_, rest) = guide.split_once("```rust,no_run").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let (_, file) = guide.split_once("This one is in `").unwrap();
    let (file, _) = file.split_once('`').unwrap();
    let tests = compact(&read(&root.join(file)));
    assert!(
        tests.contains(&compact(example)),
        "{file} does not contain the example of CONTRIBUTING.md"
    );
}
