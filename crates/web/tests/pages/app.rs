//! A whole Herald in a temporary folder, used only through its addresses, as a browser would.

use std::{marker::PhantomData, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use jiff::{SignedDuration, civil::date};
use service::{App, Role, Scope, Sites, accounts, imports};
use store::{Address, Store};
use synth::{Hospital, YearPlan};
use terms::FixedClock;
use tower::ServiceExt;
use web::{WebConfig, WebState, router};

/// The one practice whose address is known.
pub const PRACTICE: &str = "F81999";

pub struct TestApp {
    pub app: Arc<App>,
    pub clock: Arc<FixedClock>,
    pub router: Router,
    pub files: Vec<std::path::PathBuf>,
    dir: tempfile::TempDir,
}

pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map(|v| v.to_str().unwrap())
            .unwrap_or_default()
    }

    pub fn csrf(&self) -> String {
        self.value_of("csrf")
    }

    /// The value of the first hidden field of this name.
    pub fn value_of(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let rest = self
            .body
            .split(&mark)
            .nth(1)
            .unwrap_or_else(|| panic!("no field {name}"));
        rest.split('"').next().unwrap().replace("&#38;", "&")
    }

    /// The first address on the page that starts so.
    pub fn link(&self, start: &str) -> String {
        let mark = format!("href=\"{start}");
        let rest = self
            .body
            .split(&mark)
            .nth(1)
            .unwrap_or_else(|| panic!("no link to {start}"));
        format!("{start}{}", rest.split('"').next().unwrap())
            .replace("&#38;", "&")
            .replace("&amp;", "&")
    }
}

/// Somebody at a browser: their cookies, and the token of the page they last saw.
#[derive(Clone)]
pub struct User<'a> {
    router: Router,
    _test: PhantomData<&'a TestApp>,
    cookies: Vec<(String, String)>,
    pub csrf: String,
}

impl TestApp {
    /// Three hospitals, a member of staff per role, nobody on record.
    pub fn empty() -> Self {
        Self::with(WebConfig {
            behind_https: false,
            demo: true,
            spool_dir: "".into(),
            version: "0.1.0".into(),
        })
    }

    pub fn with(config: WebConfig) -> Self {
        Self::changed(config, |_| {})
    }

    /// A demonstration, in which options and sums are on although nobody answers for them.
    pub fn demonstration() -> Self {
        let config = WebConfig {
            behind_https: false,
            demo: true,
            spool_dir: "".into(),
            version: "0.1.0".into(),
        };
        Self::changed(config, |app| app.demo = true)
    }

    fn changed(config: WebConfig, change: impl FnOnce(&mut App)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::at("2026-11-22T09:00:00Z".parse().unwrap()));
        let store = Store::open(&Address::Sqlite(dir.path().join("herald.sqlite"))).unwrap();
        let rules = pathway::ServiceRules::default();
        let mut app = App::new(store, clock.clone(), dir.path().to_owned(), rules).unwrap();
        app.settings.letterhead.name = "Made-up Fracture Liaison Service".to_owned();
        app.settings.letterhead.phone = "01632 960001".to_owned();
        app.settings.practice.insert(
            PRACTICE.parse().unwrap(),
            pathway::Practice {
                name: "Made-up Surgery".to_owned(),
                address: vec!["2 Example Row".to_owned()],
            },
        );
        change(&mut app);
        let app = Arc::new(app);
        let job = app
            .store
            .sign_in_job("Test", terms::Clock::now(&*clock))
            .unwrap();
        for hospital in Hospital::ALL {
            accounts::put_site(&app, &job, hospital.site_code(), hospital.name()).unwrap();
        }
        crate::logs::listen();
        let config = WebConfig {
            spool_dir: dir.path().join("uploads"),
            ..config
        };
        let router = router(WebState::new(app.clone(), config));
        let test = Self {
            app,
            clock,
            router,
            files: Vec::new(),
            dir,
        };
        for role in Role::STAFF {
            test.add(role.code(), role, Sites::All);
        }
        test
    }

    /// The same with a few weeks of made-up people taken in.
    pub fn full() -> Self {
        Self::empty().filled()
    }

    pub fn filled(mut self) -> Self {
        let test = &mut self;
        let plan = YearPlan {
            seed: 7,
            fractures: 60,
            practices: 20,
            other_per_fracture: 3,
            ..YearPlan::demo(date(2026, 11, 21))
        };
        let out = test.dir.path().join("year");
        let written = synth::write_year(&plan, &out, |_, _| {}).unwrap();
        let job = test.job();
        for file in &written.files {
            let name = file
                .path
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned();
            imports::take_in(&test.app, &job, &file.path, &name, None, &mut |_| {}).unwrap();
        }
        test.files = written.files.into_iter().map(|file| file.path).collect();
        self
    }

    /// So many reports without a fracture, all under a heading that the reader does not know.
    pub fn take_in_odd_reports(&self, many: u32) {
        let text = "Second reader statement: agreed.\nNo fracture is seen.";
        let reports: Vec<_> = (1..=many).map(|n| (n, "XR Wrist Lt", text)).collect();
        self.take_in_reports(&reports);
    }

    /// Reports of 20 November, each with the number of its person.
    pub fn take_in_reports(&self, reports: &[(u32, &str, &str)]) {
        let performed = date(2026, 11, 20).at(10, 30, 0, 0);
        let messages: String = (1..)
            .zip(reports)
            .map(|(nth, (n, exam, text))| {
                let person = synth::MadeUpPerson {
                    index: *n,
                    nhs_number: Some(synth::nhs_number(900_000 + n)),
                    name: terms::PersonName::new(
                        "Oddreport",
                        format!("Given{}", "x".repeat(*n as usize)),
                    ),
                    born: date(1950, 1, 1) + jiff::ToSpan::days(i64::from(*n)),
                    born_known: true,
                    sex: terms::Sex::Female,
                    address: Vec::new(),
                    postcode: "SS1 1AA".to_owned(),
                    phone: None,
                    practice: None,
                    in_area: true,
                    hospital: Hospital::Southend,
                };
                let exam = synth::Exam {
                    accession: format!("ODD{nth}"),
                    name: (*exam).to_owned(),
                    performed,
                    reported: performed,
                    status: 'F',
                    indication: String::new(),
                    text: (*text).to_owned(),
                    impression: String::new(),
                };
                let sent = synth::Sent::new(Hospital::Southend, performed, format!("ODD{nth}"));
                synth::oru(&person, &sent, &exam)
            })
            .collect();
        let path = self.dir.path().join("odd.hl7");
        std::fs::write(&path, messages).unwrap();
        imports::take_in(&self.app, &self.job(), &path, "odd.hl7", None, &mut |_| {}).unwrap();
    }

    pub fn job(&self) -> Scope {
        self.app
            .store
            .sign_in_job("Test", terms::Clock::now(&*self.clock))
            .unwrap()
    }

    pub fn add(&self, username: &str, role: Role, sites: Sites) -> accounts::Credentials {
        let new = accounts::NewMember {
            username: username.replace('_', "-"),
            name: format!("Test {}", role.words()),
            role,
            sites,
        };
        let credentials = accounts::add_member(&self.app, &self.job(), &new).unwrap();
        PASSWORDS.lock().unwrap().push((
            self.key(&credentials.username),
            credentials.password.clone(),
        ));
        credentials
    }

    fn key(&self, username: &str) -> String {
        format!("{}:{username}", self.dir.path().display())
    }

    pub fn password(&self, username: &str) -> String {
        let key = self.key(username);
        PASSWORDS
            .lock()
            .unwrap()
            .iter()
            .rev()
            .find(|(held, _)| *held == key)
            .unwrap()
            .1
            .clone()
    }

    pub fn visitor(&self) -> User<'_> {
        User {
            router: self.router.clone(),
            _test: PhantomData,
            cookies: Vec::new(),
            csrf: String::new(),
        }
    }

    pub async fn sign_in(&self, role: Role) -> User<'_> {
        self.sign_in_as(&role.code().replace('_', "-")).await
    }

    pub async fn sign_in_as(&self, username: &str) -> User<'_> {
        // A code works once, and the clock stands still.
        self.later(SignedDuration::from_secs(90));
        let mut user = self.visitor();
        let page = user.get("/sign-in").await;
        user.csrf = page.csrf();
        let password = self.password(username);
        let page = user
            .post(
                "/sign-in",
                &[("username", username), ("password", &password)],
            )
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "password of {username}");
        let page = user.get("/sign-in/code").await;
        user.csrf = page.csrf();
        let code = accounts::code_now(&self.app, username).unwrap();
        let page = user.post("/sign-in/code", &[("code", &code)]).await;
        assert_eq!(page.location(), "/", "code of {username}");
        let page = user.get("/help").await;
        assert_eq!(page.status, StatusCode::OK);
        user.csrf = page.csrf();
        user
    }

    /// The same data behind another process.
    pub fn another_server(&self) -> Router {
        let config = WebConfig {
            behind_https: false,
            demo: true,
            spool_dir: self.dir.path().join("uploads"),
            version: "0.1.0".into(),
        };
        router(WebState::new(self.app.clone(), config))
    }

    pub fn accesses(&self) -> u64 {
        self.app.store.read(store::access::count).unwrap()
    }

    /// Every byte of the database, the log that is not yet worked into it included.
    pub fn database(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(self.dir.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                all.extend(std::fs::read(path).unwrap());
            }
        }
        all
    }

    pub fn later(&self, by: SignedDuration) {
        self.clock.advance(by);
    }
}

static PASSWORDS: std::sync::Mutex<Vec<(String, String)>> = std::sync::Mutex::new(Vec::new());

impl User<'_> {
    pub fn at(&self, router: Router) -> Self {
        Self {
            router,
            ..self.clone()
        }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, Body::empty(), None).await
    }

    /// As the script of a page does that asks again by itself.
    pub async fn poll(&mut self, path: &str) -> Page {
        let request = Request::builder()
            .method(Method::GET)
            .uri(path)
            .header("x-herald-poll", "1");
        self.run(request, Body::empty()).await
    }

    /// With the token of this session.
    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let mut all = vec![("csrf", self.csrf.clone())];
        all.extend(
            form.iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        self.post_bare(path, &all).await
    }

    pub async fn post_bare(&mut self, path: &str, form: &[(&str, String)]) -> Page {
        let pairs: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let body = Body::from(pairs.join("&"));
        self.send(
            Method::POST,
            path,
            body,
            Some("application/x-www-form-urlencoded"),
        )
        .await
    }

    pub async fn upload(&mut self, csrf: &str, name: &str, content: &[u8]) -> Page {
        let mut body = Vec::new();
        for (field, value) in [("csrf", csrf), ("profile", "auto")] {
            body.extend(
                format!(
                    "--XX\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
                )
                .bytes(),
            );
        }
        body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").bytes());
        body.extend(content);
        body.extend(b"\r\n--XX--\r\n");
        self.send(
            Method::POST,
            "/imports",
            Body::from(body),
            Some("multipart/form-data; boundary=XX"),
        )
        .await
    }

    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Body,
        kind: Option<&str>,
    ) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        self.run(request, body).await
    }

    async fn run(&mut self, mut request: axum::http::request::Builder, body: Body) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let response = self
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        for line in parts.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(held, _)| held != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let bytes = to_bytes(body, 64 * 1024 * 1024).await.unwrap();
        Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
