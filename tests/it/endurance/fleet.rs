//! Sixteen clients with one token, as a fleet of processes has, within GitHub's limits.

use tests::Fleet;

#[test]
fn fleet_reports_within_limits_with_few_rejections() {
    let Fleet { time, rejections } = Fleet::run();
    assert!(time < 1.03, "{time} of the time that the limits require");
    assert!(rejections < 0.3, "{rejections} rejections per report");
}
