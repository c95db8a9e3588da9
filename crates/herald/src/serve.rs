//! Pages for people, and the folder into which files are dropped.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::{Context, bail};
use clap::Args;
use service::App;
use web::{WebConfig, WebState};

use crate::{Place, open, watch};

#[derive(Args, Clone)]
pub struct ServeArgs {
    /// Port to serve on
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Address to serve on. Anything but this machine needs --behind-https
    #[arg(long, default_value = "127.0.0.1")]
    pub listen: std::net::IpAddr,
    /// A proxy in front speaks HTTPS: cookies are marked Secure and browsers told never to use plain HTTP
    #[arg(long)]
    pub behind_https: bool,
}

pub fn run(place: &Place, args: &ServeArgs) -> anyhow::Result<ExitCode> {
    let app = open::app(place)?;
    if app.store.read(store::staff::all)?.is_empty() {
        eprintln!(
            "Nobody can sign in yet. Add the first administrator:\n  herald --data {} user add NAME --name 'Full Name' --role administrator",
            place.data.display()
        );
    }
    serve(app, args, |address| {
        println!("Herald serves at http://{address}")
    })
}

/// Serve until told to stop; `ready` is called once the address answers.
pub fn serve(
    app: App,
    args: &ServeArgs,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<ExitCode> {
    if !args.listen.is_loopback() && !args.behind_https {
        bail!(
            "serving on {} without HTTPS would send passwords and patients in clear; put a proxy in front that speaks \
             HTTPS and add --behind-https, or leave --listen out",
            args.listen
        );
    }
    let app = Arc::new(app);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let address = SocketAddr::new(args.listen, args.port);
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .with_context(|| {
                format!(
                    "cannot serve on {address}: is another Herald running? Choose another --port"
                )
            })?;
        let address = listener.local_addr()?;
        let watcher = watch::start(Arc::clone(&app))?;
        let config = WebConfig {
            behind_https: args.behind_https,
            demo: app.demo,
            spool_dir: app.data_dir.join("uploads"),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let router = web::router(WebState::new(Arc::clone(&app), config));
        ready(address);
        axum::serve(listener, router)
            .with_graceful_shutdown(told_to_stop())
            .await?;
        watcher.stop();
        Ok(ExitCode::SUCCESS)
    })
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}
