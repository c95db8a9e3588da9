//! A demonstration and a service's own data never meet in one folder.

mod support;

use support::*;

fn refused(folder: &Folder) {
    let output = folder.run(&["demo", "--no-serve"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("holds data that is no demonstration"),
        "{said}"
    );
    assert!(said.contains("choose another folder"), "{said}");
    folder.healthy();
}

#[test]
fn a_demonstration_does_not_start_on_live_data() {
    let with_staff = Folder::new();
    with_staff.good(&[
        "user",
        "add",
        "jo",
        "--name",
        "Jo Smith",
        "--role",
        "administrator",
    ]);
    refused(&with_staff);

    let with_patients = Folder::new();
    let files = weeks(&with_patients.path().join("year"), 4);
    assert!(
        with_patients
            .import(&files)
            .output()
            .unwrap()
            .status
            .success()
    );
    refused(&with_patients);
}
