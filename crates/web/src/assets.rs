//! The style sheet, the script and the icon, built into the binary and served under names that change with their
//! content, so that a browser may keep them for a year.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::view::page::AssetLinks;

struct Asset {
    stem: &'static str,
    kind: &'static str,
    mime: &'static str,
    bytes: &'static [u8],
}

const ASSETS: [Asset; 3] = [
    Asset {
        stem: "herald",
        kind: "css",
        mime: "text/css; charset=utf-8",
        bytes: include_bytes!("../assets/dist/herald.css"),
    },
    Asset {
        stem: "herald",
        kind: "js",
        mime: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../assets/dist/herald.js"),
    },
    Asset {
        stem: "herald",
        kind: "svg",
        mime: "image/svg+xml",
        bytes: include_bytes!("../assets/dist/herald.svg"),
    },
];

static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    ASSETS
        .iter()
        .map(|asset| {
            let digest = HEXLOWER.encode(&Sha256::digest(asset.bytes));
            let short = digest.get(..12).unwrap_or(&digest);
            format!("{}-{short}.{}", asset.stem, asset.kind)
        })
        .collect()
});

pub fn links() -> AssetLinks {
    let link = |kind: &str| {
        let place = ASSETS.iter().position(|asset| asset.kind == kind);
        let name = place
            .and_then(|place| NAMES.get(place))
            .map(String::as_str)
            .unwrap_or_default();
        format!("/assets/{name}")
    };
    AssetLinks {
        css: link("css"),
        js: link("js"),
        icon: link("svg"),
    }
}

pub async fn serve(Path(file): Path<String>) -> Response {
    let Some(asset) = NAMES
        .iter()
        .position(|name| *name == file)
        .and_then(|place| ASSETS.get(place))
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(asset.mime)),
            (
                header::CACHE_CONTROL,
                HeaderValue::from_static("public, max-age=31536000, immutable"),
            ),
        ],
        asset.bytes,
    )
        .into_response()
}
