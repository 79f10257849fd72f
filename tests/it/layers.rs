//! The layers of each crate, checked in its imports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{ItemMod, ItemUse, UseTree};
use tests::checkout;

/// The layers of each crate, lowest first. A module imports from itself and from lower layers only;
/// modules of one layer do not import each other. The root file (`lib.rs` or `main.rs`) is above all layers.
const CRATES: &[(&str, &[&[&str]])] = &[
    (
        "crates/deploystatus",
        &[
            &["model"],
            &["error"],
            &["http"],
            &["call"],
            &["client"],
            &["rollout", "webhook"],
        ],
    ),
    (
        "crates/deploystatus-emulator",
        &[
            &["error"],
            &["model"],
            &["access", "json", "store"],
            &["http", "seed", "webhooks"],
            &["faults"],
            &["app_state"],
            &["api", "control"],
            &["server"],
        ],
    ),
    (
        "crates/deploystatus-cli",
        &[
            &["duration", "escape", "event_file"],
            &["advice", "arguments"],
            &["error"],
            &["environment", "exit"],
            &["output"],
            &["settings"],
            &["commands"],
        ],
    ),
    (
        "xtask",
        &[
            &[
                "checkout",
                "console",
                "document",
                "finish",
                "operations",
                "packages",
            ],
            &["differences", "schemas", "structure"],
            &["generator", "state", "wording"],
            &["amend"],
            &["generate", "trim"],
            &["ci"],
        ],
    ),
];

#[test]
fn imports_point_down() {
    for (name, layers) in CRATES {
        let crate_ = Crate::read(name);
        let level = |module: &str| {
            layers
                .iter()
                .position(|layer| layer.contains(&module))
                .unwrap_or_else(|| panic!("{name}: no layer contains the module {module}"))
        };
        for (from, imports) in &crate_.imports {
            let Some(from_top) = from.first() else {
                continue;
            };
            for to in imports {
                let to_top = to.first().unwrap_or_else(|| {
                    panic!("{name}: {from:?} imports through a re-export of the crate root")
                });
                assert!(
                    from_top == to_top || level(to_top) < level(from_top),
                    "{name}: {from:?} imports {to:?}, which is not in a lower layer"
                );
            }
        }
    }
}

#[test]
fn files_do_not_import_each_other_in_circles() {
    for (name, _) in CRATES {
        let crate_ = Crate::read(name);
        for start in crate_.imports.keys() {
            let mut reached = BTreeSet::new();
            let mut open: Vec<&Module> = crate_.imports[start].iter().collect();
            while let Some(module) = open.pop() {
                assert!(
                    module != start,
                    "{name}: {start:?} imports itself through others"
                );
                if reached.insert(module) {
                    open.extend(crate_.imports.get(module).into_iter().flatten());
                }
            }
        }
    }
}

#[test]
fn modules_have_one_style() {
    let (root, files) = checkout();
    for file in files {
        let name = file.strip_prefix(&root).unwrap();
        let is_crate = name.starts_with("crates") || name.starts_with("xtask");
        assert!(
            !is_crate || !name.ends_with("mod.rs"),
            "{} is a mod.rs; name it after its folder",
            name.display()
        );
    }
}

/// The path of a module below its crate, empty for the crate root.
type Module = Vec<String>;

/// The imports between the files of a crate.
struct Crate {
    imports: BTreeMap<Module, BTreeSet<Module>>,
}

impl Crate {
    fn read(name: &str) -> Self {
        let (root, files) = checkout();
        let source = root.join(name).join("src");
        let sources: BTreeMap<Module, String> = files
            .iter()
            .filter_map(|file| {
                let module = module_of(file.strip_prefix(&source).ok()?)?;
                Some((module, fs::read_to_string(file).unwrap()))
            })
            .collect();
        assert!(sources.len() > 5, "{name} has no sources");
        let imports = sources
            .iter()
            .map(|(module, text)| {
                let mut imports = Imports {
                    module: module.clone(),
                    paths: Vec::new(),
                };
                imports.visit_file(&syn::parse_file(text).unwrap());
                let resolved = imports
                    .paths
                    .iter()
                    .map(|path| longest_module(path, &sources))
                    .filter(|imported| imported != module)
                    .collect();
                (module.clone(), resolved)
            })
            .collect();
        Self { imports }
    }
}

/// Returns the module of a file, or `None` for files that are not modules of the crate.
fn module_of(file: &Path) -> Option<Module> {
    if file.extension()? != "rs" || file.ends_with("tests.rs") || file.ends_with("generated.rs") {
        return None;
    }
    let parts = file.with_extension("");
    let module: Module = parts
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    Some(if module == ["lib"] || module == ["main"] {
        Vec::new()
    } else {
        module
    })
}

/// Returns the module that defines an imported item: the longest start of its path that is a file.
fn longest_module(path: &[String], sources: &BTreeMap<Module, String>) -> Module {
    (0..=path.len())
        .rev()
        .map(|length| path[..length].to_vec())
        .find(|start| sources.contains_key(start))
        .unwrap_or_default()
}

/// Collects the paths of `use` items and of expressions and types that start in the crate.
struct Imports {
    module: Module,
    paths: Vec<Module>,
}

impl Imports {
    fn add(&mut self, segments: &[String]) {
        let up = segments.iter().take_while(|part| *part == "super").count();
        let start = match segments.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("self") => self.module.clone(),
            Some("super") => {
                let depth = self.module.len().saturating_sub(up);
                self.module[..depth].to_vec()
            }
            _ => return,
        };
        let rest = segments.iter().skip(up.max(1)).cloned();
        self.paths.push(start.into_iter().chain(rest).collect());
    }

    fn add_tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&path.tree, &with(path.ident.to_string())),
            UseTree::Name(name) => self.add(&with(name.ident.to_string())),
            UseTree::Rename(name) => self.add(&with(name.ident.to_string())),
            UseTree::Glob(_) => self.add(before),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_tree(tree, before);
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_tree(&item.tree, &[]);
    }

    /// Skips test modules, which belong to their file, and visits other inline modules.
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let is_test = item.ident == "tests";
        if !is_test && item.content.is_some() {
            self.module.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.module.pop();
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        if segments.len() > 1 {
            self.add(&segments);
        }
        visit::visit_path(self, path);
    }
}
