//! Configuration: one TOML file in the data folder, `JUMUN_*` variables, flags; the later wins. Everything is checked
//! before anything starts, and secrets never show.

use crate::providers::Secrets;
use anyhow::Context;
use serde::Deserialize;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Flags that every command shares.
#[derive(clap::Args, Clone, Debug)]
pub struct Common {
    /// Folder of the database, uploads and the configuration file.
    #[arg(long, env = "JUMUN_DATA", default_value = "data", global = true)]
    pub data: PathBuf,
    /// `sqlite://…` or `postgres://…`; a file in the data folder when nothing is said.
    #[arg(long, env = "JUMUN_DATABASE", global = true)]
    pub database: Option<String>,
    /// Print one machine-readable line of JSON last.
    #[arg(long, global = true)]
    pub json: bool,
}

/// What the file may say.
#[derive(Deserialize, Default, Debug)]
#[serde(deny_unknown_fields, default)]
struct File {
    database: Option<String>,
    public_url: Option<String>,
    providers: Option<String>,
    trusted_hops: usize,
    lease_seconds: Option<i64>,
    require_second_step: Option<bool>,
    secrets: FileSecrets,
    webhooks: FileWebhooks,
}

#[derive(Deserialize, Default, Debug)]
#[serde(deny_unknown_fields, default)]
struct FileWebhooks {
    allow_loopback: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct FileSecrets {
    psp: Option<String>,
    wms: Option<String>,
    carrier: Option<String>,
    identity: Option<String>,
}

impl std::fmt::Debug for FileSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("secrets(…)")
    }
}

/// The checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder of the database, uploads and the configuration file.
    pub data: PathBuf,
    /// The database's address.
    pub database: String,
    /// The address people type; where we listen when nothing is said.
    pub public_url: Option<String>,
    /// Where the providers are; the demo starts its own when nothing is said.
    pub providers: Option<String>,
    /// How many proxies of our own stand in front of us, each adding to `X-Forwarded-For`. Nobody else's word is taken.
    pub trusted_hops: usize,
    /// How long a node that claimed work keeps it, in seconds. Longer than the slowest provider's call and than the 15 seconds
    /// that an endpoint may take; when a node dies, its work waits this long.
    pub lease_seconds: i64,
    /// Whether this machine itself may be told what happens, over plain http too: so that somebody can try it out. The demo
    /// allows it unless it is told not to; nothing else may.
    pub loopback_webhooks: Option<bool>,
    /// Whether the chain's own people need a second step of signing in. Outside the demo they do unless it is said otherwise.
    pub require_second_step: Option<bool>,
    /// What we share with the providers. Without it only the demo starts.
    pub secrets: Option<Secrets>,
}

impl Config {
    /// Reads and checks the configuration.
    ///
    /// # Errors
    /// A file that does not parse, an unknown key, a half set of secrets.
    pub fn load(common: &Common) -> anyhow::Result<Self> {
        let path = common.data.join("jumun.toml");
        let file: File = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).with_context(|| format!("{} does not read as configuration", path.display()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => File::default(),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        };
        let from_env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let secret = |name: &str, value: &Option<String>| from_env(name).or_else(|| value.clone());
        let parts = [
            secret("JUMUN_PSP_SECRET", &file.secrets.psp),
            secret("JUMUN_WMS_SECRET", &file.secrets.wms),
            secret("JUMUN_CARRIER_SECRET", &file.secrets.carrier),
            secret("JUMUN_IDENTITY_SECRET", &file.secrets.identity),
        ];
        let secrets = match parts {
            [Some(psp), Some(wms), Some(carrier), Some(identity)] => Some(Secrets { psp, wms, carrier, identity }),
            [None, None, None, None] => None,
            _ => anyhow::bail!("either all four provider secrets are set or none: psp, wms, carrier, identity"),
        };
        let trusted_hops = match from_env("JUMUN_TRUSTED_HOPS") {
            Some(text) => text.parse().context("JUMUN_TRUSTED_HOPS must be a number of proxies")?,
            None => file.trusted_hops,
        };
        let lease_seconds = match from_env("JUMUN_LEASE_SECONDS") {
            Some(text) => text.parse().context("JUMUN_LEASE_SECONDS must be a number of seconds")?,
            None => file.lease_seconds.unwrap_or(20),
        };
        anyhow::ensure!((6..=300).contains(&lease_seconds), "a lease must last 6 to 300 seconds");
        let loopback_webhooks = match from_env("JUMUN_WEBHOOKS_ALLOW_LOOPBACK") {
            Some(text) => Some(text.parse().context("JUMUN_WEBHOOKS_ALLOW_LOOPBACK must be true or false")?),
            None => file.webhooks.allow_loopback,
        };
        let database = common.database.clone().or(file.database).unwrap_or_else(|| default_database(&common.data));
        anyhow::ensure!(
            database.starts_with("sqlite://") || database.starts_with("postgres://") || database.starts_with("postgresql://"),
            "the database address must begin with sqlite:// or postgres://"
        );
        Ok(Self {
            data: common.data.clone(),
            database,
            public_url: from_env("JUMUN_PUBLIC_URL").or(file.public_url).map(|url| url.trim_end_matches('/').to_owned()),
            providers: from_env("JUMUN_PROVIDERS").or(file.providers),
            trusted_hops,
            lease_seconds,
            require_second_step: file.require_second_step,
            loopback_webhooks,
            secrets,
        })
    }

    /// Whether this address can only be reached from this machine.
    pub fn is_loopback(listen: SocketAddr) -> bool {
        listen.ip().is_loopback()
    }
}

fn default_database(data: &Path) -> String {
    format!("sqlite://{}", data.join("jumun.db").display())
}
