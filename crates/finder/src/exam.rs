//! What was examined: gives ambiguous bones a site and findings without a side their side.

use terms::{Side, Site};

use crate::{
    language::lexicon::{Hit, Kind, Lexicon},
    place::{bones, sides},
};

#[derive(Debug, Default, Clone)]
pub(crate) struct Exam {
    /// Regions by name: "wrist", "knee", "chest".
    pub names: Vec<String>,
    /// The one site that was examined, if it is one.
    pub site: Option<Site>,
    pub side: Option<Side>,
}

impl Exam {
    /// From the words found in titles, each text with its hits.
    pub fn read<'t>(
        lexicon: &Lexicon,
        titles: impl IntoIterator<Item = (&'t str, &'t [Hit])>,
    ) -> Self {
        let mut sites: Vec<Site> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        let mut found: Vec<Side> = Vec::new();
        let mut wide = false;
        for (text, hits) in titles {
            for bone in bones(lexicon, hits, &[]) {
                sites.push(bone.site);
                names.push(bone.site.code().to_owned());
            }
            for exam in hits
                .iter()
                .filter(|h| h.kind == Kind::Exam)
                .filter_map(|h| lexicon.exam(h.rule))
            {
                names.push(exam.name.clone());
                sites.extend(exam.site);
                wide |= exam.site.is_none();
            }
            found.extend(sides(lexicon, text, hits).into_iter().map(|s| s.side));
        }
        sites.sort_unstable();
        sites.dedup();
        // Films of pelvis and hip, or of femur and hip, are taken for the hip.
        if sites.contains(&Site::Hip) {
            sites.retain(|site| !matches!(site, Site::Pelvis | Site::Femur));
        }
        let everywhere = names.iter().any(|n| n == "scan");
        let site = match sites.as_slice() {
            _ if everywhere => None,
            [one] if !wide || *one == Site::Vertebra => Some(*one),
            _ => None,
        };
        found.dedup();
        let side = match found.as_slice() {
            [one] => Some(*one),
            _ => None,
        };
        Self { names, site, side }
    }

    pub fn shows(&self, name: &str) -> bool {
        self.names.iter().any(|n| n == name)
    }
}

/// Sites of which there are two, so that the side examined is the side of the finding.
pub(crate) fn paired(site: Site) -> bool {
    !matches!(
        site,
        Site::Vertebra | Site::Pelvis | Site::Sternum | Site::Skull | Site::Face
    )
}
