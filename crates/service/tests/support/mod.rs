//! A small service with made-up people in it: roles sign in for real, files arrive as hospitals send them, and the
//! clock stands still until it is moved.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, date},
};
use pathway::{EpisodeId, care::Plan};
use service::{
    App, Import, ItemId, Role, Scope, Sites,
    accounts::{self, NewMember, Visitor},
    assessment,
    candidate::{self, Choice},
    care,
    imports::{self, ImportView},
    today::{self, Ask, Rows, Tab},
    upkeep,
};
use store::{Address, Store};
use synth::{Exam, Hospital, MadeUpPerson, Panel, Sent, Value, Visit, tables};
use terms::{Answer, Clock, FixedClock, PersonName, Recommended, Sex, Side};

pub const TODAY: Date = date(2026, 11, 22);
pub const SOUTHEND: &str = "RAJ01";
pub const BASILDON: &str = "RAJ12";

/// Each test of the list runs on a fresh SQLite file and, where a server is at hand, on a fresh PostgreSQL database.
#[macro_export]
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[test] fn $name() { super::$name(&$crate::support::World::sqlite()); })+
        }
        mod on_postgres {
            $(#[test] fn $name() {
                if let Some(world) = $crate::support::World::postgres() { super::$name(&world); }
            })+
        }
    };
}

pub struct World {
    pub app: App,
    pub address: Address,
    clock: Arc<FixedClock>,
    scopes: Mutex<HashMap<&'static str, Scope>>,
    files: AtomicU32,
    dir: tempfile::TempDir,
    // Last, so that the connections of `app` are closed before it goes.
    _database: Option<Database>,
}

impl World {
    pub fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = Address::Sqlite(dir.path().join("herald.sqlite"));
        Self::at(address, dir, None)
    }

    /// Nothing unless `HERALD_TEST_POSTGRES` names the maintenance database of a server.
    pub fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("HERALD_TEST_POSTGRES") else {
            eprintln!("skipped: HERALD_TEST_POSTGRES is not set");
            return None;
        };
        let database = Database::create(&server);
        let address = Address::Postgres(database.url.clone());
        Some(Self::at(
            address,
            tempfile::tempdir().unwrap(),
            Some(database),
        ))
    }

    fn at(address: Address, dir: tempfile::TempDir, database: Option<Database>) -> Self {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let clock = Arc::new(FixedClock::at(now));
        let app = open(&address, clock.clone(), dir.path());
        let operator = app.store.sign_in_job("Test", now).unwrap();
        for hospital in Hospital::ALL {
            accounts::put_site(&app, &operator, hospital.site_code(), hospital.name()).unwrap();
        }
        let world = Self {
            app,
            address,
            clock,
            scopes: Mutex::default(),
            files: AtomicU32::new(0),
            dir,
            _database: database,
        };
        assert_eq!(world.app.clock.today(), TODAY);
        world
    }

    /// A second Herald on the same data, as another process would be.
    pub fn another_app(&self, clock: Arc<dyn Clock>) -> App {
        open(&self.address, clock, self.dir.path())
    }

    /// The data as a copy of it was put back elsewhere.
    pub fn restored(&self, copy: &Path) -> (App, Option<Database>) {
        let (address, database) = match std::env::var("HERALD_TEST_POSTGRES") {
            Ok(server) if self.app.store.kind() == "PostgreSQL" => {
                let database = Database::create(&server);
                let done = Command::new("pg_restore")
                    .arg("--dbname")
                    .arg(&database.url)
                    .arg(copy)
                    .output()
                    .unwrap();
                assert!(
                    done.status.success(),
                    "{}",
                    String::from_utf8_lossy(&done.stderr)
                );
                (Address::Postgres(database.url.clone()), Some(database))
            }
            _ => (Address::Sqlite(copy.to_owned()), None),
        };
        (
            open(&address, self.clock.clone(), self.dir.path()),
            database,
        )
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn operator(&self) -> Scope {
        self.app
            .store
            .sign_in_job("Test", self.app.clock.now())
            .unwrap()
    }

    pub fn days_pass(&self, days: i64) {
        self.clock.advance(SignedDuration::from_hours(24 * days));
    }

    pub fn seconds_pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// A second Herald that goes by the same clock.
    pub fn second_app(&self) -> App {
        self.another_app(self.clock.clone())
    }

    pub fn nurse(&self) -> Scope {
        self.signed_in("nurse", "Nora Nurse", Role::Nurse, Some(SOUTHEND))
    }

    pub fn second_nurse(&self) -> Scope {
        self.signed_in("nurse2", "Nell Nurse", Role::Nurse, Some(SOUTHEND))
    }

    pub fn other_site(&self) -> Scope {
        self.signed_in("basildon", "Bea Basildon", Role::Nurse, Some(BASILDON))
    }

    pub fn lead(&self) -> Scope {
        self.signed_in("lead", "Lou Lead", Role::LeadClinician, None)
    }

    pub fn second_lead(&self) -> Scope {
        self.signed_in("lead2", "Lea Lead", Role::LeadClinician, None)
    }

    pub fn coordinator(&self) -> Scope {
        self.signed_in("coordinator", "Cora Coordinator", Role::Coordinator, None)
    }

    pub fn analyst(&self) -> Scope {
        self.signed_in("analyst", "Ann Analyst", Role::Analyst, None)
    }

    pub fn privacy_officer(&self) -> Scope {
        self.signed_in("privacy", "Pat Privacy", Role::PrivacyOfficer, None)
    }

    pub fn administrator(&self) -> Scope {
        self.signed_in("admin", "Ada Admin", Role::Administrator, None)
    }

    /// With password and one-time code, as on the pages; once per name, since it takes its time.
    fn signed_in(
        &self,
        username: &'static str,
        name: &str,
        role: Role,
        site: Option<&str>,
    ) -> Scope {
        let mut scopes = self.scopes.lock().unwrap();
        if let Some(scope) = scopes.get(username) {
            return scope.clone();
        }
        let sites = site.map_or(Sites::All, |site| Sites::These([site.to_owned()].into()));
        let typed = NewMember {
            username: username.to_owned(),
            name: name.to_owned(),
            role,
            sites,
        };
        let credentials = accounts::add_member(&self.app, &self.operator(), &typed).unwrap();
        let half_way = accounts::password(&self.app, username, &credentials.password).unwrap();
        let half_way = half_way.unwrap_or_else(|refused| panic!("password: {refused:?}"));
        let code = accounts::code_now(&self.app, username).unwrap();
        let token = accounts::code(&self.app, &half_way, &code).unwrap();
        let token = token.unwrap_or_else(|refused| panic!("code: {refused:?}"));
        let Visitor::Signed(signed) = accounts::visitor(&self.app, &token, true).unwrap() else {
            panic!("{username} is not signed in");
        };
        scopes.insert(username, signed.scope.clone());
        signed.scope
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let folder = self
            .dir
            .path()
            .join(self.files.fetch_add(1, Ordering::Relaxed).to_string());
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn try_import_path(&self, path: &Path, profile: Option<&str>) -> service::Result<Import> {
        let name = path.file_name().unwrap().to_str().unwrap();
        imports::take_in(
            &self.app,
            &self.coordinator(),
            path,
            name,
            profile,
            &mut |_| {},
        )
    }

    pub fn try_import(&self, name: &str, bytes: impl AsRef<[u8]>) -> service::Result<Import> {
        self.try_import_path(&self.write(name, bytes), None)
    }

    /// Takes a file in, and sees that its sums balance and nothing was left waiting.
    pub fn import(&self, name: &str, bytes: impl AsRef<[u8]>) -> ImportView {
        let import = self.try_import(name, bytes).unwrap();
        let view = self.view(&import);
        assert!(view.sums.balances(), "{:?}", view.sums);
        assert_eq!(view.sums.waiting, 0);
        view
    }

    pub fn view(&self, import: &Import) -> ImportView {
        imports::view(&self.app, &self.coordinator(), import.id, 1).unwrap()
    }

    /// What stands on a list, for somebody.
    pub fn list(&self, scope: &Scope) -> Vec<service::Entry> {
        self.candidates(scope, Tab::New)
    }

    pub fn candidates(&self, scope: &Scope, tab: Tab) -> Vec<service::Entry> {
        let ask = Ask {
            tab,
            ..Ask::default()
        };
        match today::today(&self.app, scope, &ask).unwrap().rows {
            Rows::Candidates(entries) => entries,
            Rows::Questions(_) => panic!("these are questions"),
        }
    }

    pub fn questions(&self, scope: &Scope) -> Vec<service::Held> {
        let ask = Ask {
            tab: Tab::Duplicates,
            ..Ask::default()
        };
        match today::today(&self.app, scope, &ask).unwrap().rows {
            Rows::Questions(held) => held,
            Rows::Candidates(_) => panic!("these are candidates"),
        }
    }

    pub fn question(&self, scope: &Scope) -> ItemId {
        let questions = self.questions(scope);
        assert_eq!(questions.len(), 1, "{questions:?}");
        questions[0].item
    }

    /// The only candidate on a list, opened.
    pub fn only_candidate(&self, scope: &Scope) -> candidate::Candidate {
        let entries = self.list(scope);
        assert_eq!(entries.len(), 1, "{entries:?}");
        candidate::view(&self.app, scope, entries[0].episode, None).unwrap()
    }

    pub fn fingerprint(&self) -> [u8; 32] {
        self.app.store.read(store::index::fingerprint).unwrap()
    }

    /// Every promise, and the indexes as the timelines alone make them.
    pub fn all_holds(&self) {
        let broken: Vec<_> = upkeep::doctor(&self.app)
            .unwrap()
            .into_iter()
            .filter(|c| !c.holds)
            .collect();
        assert!(broken.is_empty(), "{broken:#?}");
        let before = self.fingerprint();
        let rebuilt = upkeep::rebuild(&self.app).unwrap();
        assert!(rebuilt.same);
        assert_eq!(self.fingerprint(), before);
    }
}

fn open(address: &Address, clock: Arc<dyn Clock>, dir: &Path) -> App {
    let mut rules = pathway::ServiceRules::default();
    rules.area.postcodes = ["SS".to_owned(), "CM".to_owned()].into();
    App::new(Store::open(address).unwrap(), clock, dir.to_owned(), rules).unwrap()
}

/// A database of its own for one test, gone with it.
pub struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    fn create(server: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "herald_test_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let (address, options) = server.split_once('?').unwrap_or((server, ""));
        let (host, _) = address
            .rsplit_once('/')
            .expect("a URL that names a database");
        let url = format!("{host}/{name}?{options}");
        let mut client = postgres::Client::connect(server, postgres::NoTls).unwrap();
        client
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .unwrap();
        Self {
            server: server.to_owned(),
            name,
            url,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let gone = postgres::Client::connect(&self.server, postgres::NoTls).and_then(|mut c| {
            c.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name))
        });
        if let Err(error) = gone {
            eprintln!("{} is left behind: {error}", self.name);
        }
    }
}

/// A wrist of 20 November, accepted by the nurse.
pub fn accepted(world: &World) -> EpisodeId {
    world.import("xray.hl7", wrist("ACC1").of(&person(1)));
    let nurse = world.nurse();
    let seen = world.only_candidate(&nurse);
    candidate::decide(
        &world.app,
        &nurse,
        seen.episode,
        seen.version,
        &Choice::Accept,
    )
    .unwrap();
    seen.episode
}

/// As the nurse's page has it.
pub fn version(world: &World, episode: EpisodeId) -> u32 {
    care::view(&world.app, &world.nurse(), episode, None)
        .unwrap()
        .version
}

/// What is typed into a section of the assessment.
pub fn typed(pairs: &[(&str, &str)]) -> assessment::Typed {
    let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, text) in pairs {
        answers
            .entry((*id).to_owned())
            .or_default()
            .push((*text).to_owned());
    }
    assessment::Typed {
        answers,
        ..assessment::Typed::default()
    }
}

/// Every section has been looked at, and the assessment is complete.
pub fn complete(world: &World, episode: EpisodeId) {
    let (app, nurse) = (&world.app, world.nurse());
    for section in ["fracture", "risk", "falls", "medicines", "wishes"] {
        assessment::nothing_to_add(app, &nurse, episode, section, version(world, episode)).unwrap();
    }
    let at = version(world, episode);
    assessment::complete(app, &nurse, episode, at, app.clock.today()).unwrap();
}

/// A plan of the first day, with calcium and vitamin D, and with the reviews.
pub fn plan(therapy: Recommended, because: Option<&str>) -> Plan {
    Plan {
        on: TODAY,
        therapy,
        calcium_vitamin_d: Answer::Yes,
        taught: BTreeSet::new(),
        follow_up: true,
        because: because.map(str::to_owned),
        note: None,
        advised: None,
    }
}

/// A woman of 71 who lives in Southend. Everybody has a number of their own.
pub fn person(n: u32) -> MadeUpPerson {
    MadeUpPerson {
        index: n,
        nhs_number: Some(synth::nhs_number(n)),
        name: PersonName::new(format!("Testperson{}", letters(n)), "Alma"),
        born: date(1955, 3, 14),
        born_known: true,
        sex: Sex::Female,
        address: vec!["1 Example Row".to_owned(), "Southend-on-Sea".to_owned()],
        postcode: "SS1 1AA".to_owned(),
        phone: None,
        practice: None,
        in_area: true,
        hospital: Hospital::Southend,
    }
}

/// Names are compared by their letters.
fn letters(n: u32) -> String {
    n.to_string()
        .bytes()
        .map(|digit| char::from(digit - b'0' + b'a'))
        .collect()
}

pub fn nhs_number(person: &MadeUpPerson) -> &str {
    person.nhs_number.as_ref().unwrap().digits()
}

fn sent(hospital: Hospital, on: Date, control: &str) -> Sent {
    Sent::new(hospital, on.at(12, 0, 0, 0), control)
}

/// A final X-ray report.
pub struct XRay<'a> {
    pub hospital: Hospital,
    pub on: Date,
    pub accession: &'a str,
    pub exam: &'a str,
    pub text: &'a str,
    pub control: &'a str,
    pub status: char,
}

impl Default for XRay<'_> {
    fn default() -> Self {
        Self {
            hospital: Hospital::Southend,
            on: date(2026, 11, 20),
            accession: "ACC1",
            exam: "XR Wrist Lt",
            text: WRIST_BROKEN,
            control: "C1",
            status: 'F',
        }
    }
}

pub const WRIST_BROKEN: &str =
    "There is a fracture of the left distal radius with dorsal angulation.";
pub const NOTHING_BROKEN: &str = "No fracture or dislocation is seen. Normal alignment.";

impl XRay<'_> {
    pub fn of(&self, person: &MadeUpPerson) -> String {
        let exam = Exam {
            accession: self.accession.to_owned(),
            name: self.exam.to_owned(),
            performed: self.on.at(10, 30, 0, 0),
            reported: self.on.at(11, 30, 0, 0),
            status: self.status,
            indication: String::new(),
            text: self.text.to_owned(),
            impression: String::new(),
        };
        synth::oru(person, &sent(self.hospital, self.on, self.control), &exam)
    }
}

/// A final bone profile from the laboratory at Southend.
pub struct Bloods<'a> {
    pub on: Date,
    pub number: &'a str,
    pub control: &'a str,
    pub status: char,
    /// Adjusted calcium.
    pub calcium: &'a str,
}

impl Default for Bloods<'_> {
    fn default() -> Self {
        Self {
            on: date(2026, 11, 21),
            number: "LAB1",
            control: "L1",
            status: 'F',
            calcium: "2.31",
        }
    }
}

impl Bloods<'_> {
    pub fn of(&self, person: &MadeUpPerson) -> String {
        let value = |name, value: &str, unit, range| Value {
            name,
            value: value.to_owned(),
            unit,
            range,
            flag: "",
        };
        let panel = Panel {
            number: self.number.to_owned(),
            name: "Bone profile".to_owned(),
            taken: self.on.at(9, 15, 0, 0),
            reported: self.on.at(14, 0, 0, 0),
            status: self.status,
            values: vec![
                value("Adjusted calcium", self.calcium, "mmol/L", "2.20 - 2.60"),
                value("eGFR", ">90", "mL/min/1.73m2", ""),
                value("Magnesium", "0.81", "mmol/L", "0.70 - 1.00"),
            ],
        };
        synth::panels(
            person,
            &sent(Hospital::Southend, self.on, self.control),
            &[panel],
        )
    }
}

/// A bone density scan at Southend.
pub fn dxa<'a>(accession: &'a str, text: &'a str) -> XRay<'a> {
    XRay {
        accession,
        exam: "DXA lumbar spine and hip",
        text,
        control: accession,
        ..XRay::default()
    }
}

/// A right hip at Southend, a while after the wrist.
pub fn hip<'a>(accession: &'a str, on: Date) -> XRay<'a> {
    XRay {
        on,
        accession,
        exam: "XR Hip Rt",
        text: "Displaced intracapsular fracture of the right neck of femur.",
        control: accession,
        ..XRay::default()
    }
}

pub fn wrist<'a>(accession: &'a str) -> XRay<'a> {
    XRay {
        accession,
        control: accession,
        ..XRay::default()
    }
}

pub fn adt(person: &MadeUpPerson, event: &str, on: Date, control: &str, visit: &Visit) -> String {
    synth::adt(person, event, &sent(Hospital::Southend, on, control), visit)
}

/// One emergency attendance with a SNOMED code.
pub fn ed_row(person: &MadeUpPerson, number: &str, on: Date, code: &'static str) -> Vec<String> {
    let row = tables::EcdsRow {
        number: number.to_owned(),
        arrived: Some(on),
        time: "14:05".to_owned(),
        injured: Some(on),
        snomed: vec![code],
        ..tables::EcdsRow::default()
    };
    tables::ecds(person, Hospital::Southend, &row)
}

pub fn clinic_row(person: &MadeUpPerson, reference: &str, on: Date, injury: &str) -> Vec<String> {
    let row = tables::ClinicRow {
        reference: reference.to_owned(),
        clinic: Some(on),
        injured: Some(on - 2.days()),
        injury: injury.to_owned(),
        side: Some(Side::Left),
        mechanism: "tripped on a kerb".to_owned(),
    };
    tables::clinic(person, Hospital::Southend, &row)
}

/// ECDS: closed fracture of radius; closed fracture of hip; sprain of wrist.
pub const RADIUS: &str = "111640008";
pub const HIP: &str = "359817006";
pub const SPRAIN: &str = "70704007";

/// A file of one of the profiles that synth writes.
pub fn csv(format: &str, rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut table = tables::table(&mut out, format).unwrap();
    for row in rows {
        table.write_record(row).unwrap();
    }
    table.flush().unwrap();
    drop(table);
    out
}
