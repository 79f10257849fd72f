//! The workflows in the README.

use std::os::unix::fs::PermissionsExt;

use crate::scene::Scene;

const README: &str = include_str!("../../../README.md");

/// Returns the commands of each workflow, in order.
fn workflows() -> Vec<Vec<String>> {
    let blocks = README.split("```yaml\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap());
    let steps = |block: &str| {
        let steps = block.lines().filter_map(|line| line.split_once("run: "));
        steps.map(|(_, step)| step.to_owned()).collect()
    };
    blocks.map(steps).collect()
}

/// Runs the steps of a workflow as a runner does: after a failure only the last one.
fn run_steps(scene: &Scene, steps: &[String], deploy: &str) {
    let home = scene.home.path();
    for (name, script) in [("build.sh", "true"), ("deploy.sh", deploy)] {
        let file = home.join(name);
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let event = home.join("event.json");
    std::fs::write(&event, r#"{"deployment": {"id": 42}}"#).unwrap();
    let mut job = "success";
    for (number, step) in steps.iter().enumerate() {
        if job == "failure" && number + 1 < steps.len() {
            continue;
        }
        let step = step.replace("${{ job.status }}", job);
        let mut shell = scene.shell(&step);
        shell.env("GITHUB_EVENT_PATH", &event);
        if !shell.status().unwrap().success() {
            job = "failure";
        }
    }
}

#[test]
fn readme_workflows_report_start_and_end() {
    let workflows = workflows();
    assert_eq!(workflows.len(), 3);
    for steps in &workflows[..2] {
        for (deploy, end) in [("exit 0", "success"), ("exit 3", "failure")] {
            let scene = Scene::real_time();
            run_steps(&scene, steps, deploy);
            let reported = scene.reported().into_iter();
            let states: Vec<_> = reported.map(|(state, _)| state).collect();
            assert_eq!(states, ["in_progress", end], "{steps:?}");
        }
    }
}

#[test]
fn readme_clean_up_ends_an_unfinished_deployment() {
    let scene = Scene::real_time().statuses(&["in_progress"]);
    run_steps(&scene, &workflows()[2], "exit 0");
    assert_eq!(scene.reported()[1].0, "error");
}
