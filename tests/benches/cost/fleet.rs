//! Time and rejections of a fleet that reports as fast as GitHub's limits permit, on a virtual clock.

use tests::Fleet;

use crate::machine::{Machine, describe};
use crate::report::{Limit, Section};

/// Upper limit of the time, relative to the least time that GitHub's limits permit.
const LIMIT_TO_THEORY: f64 = 1.03;
/// Upper limit of the rejected requests per report.
const LIMIT_REJECTIONS: f64 = 0.30;

pub(crate) fn measure(_: &Machine) -> Vec<Section> {
    let fleet = Fleet::run();
    let mut section = Section::new("tests/benches/README.md", "fleet");
    let described = describe(&[]);
    section.line(&format!("`cargo bench -p tests -- fleet`, on {described}."));
    section.limits(&[
        Limit {
            name: "time of all reports, of the time that the limits require".to_owned(),
            measured: Some(fleet.time),
            at_most: LIMIT_TO_THEORY,
        },
        Limit {
            name: "rejected requests per report".to_owned(),
            measured: Some(fleet.rejections),
            at_most: LIMIT_REJECTIONS,
        },
    ]);
    vec![section]
}
