use terms::{Site, vocabulary};

vocabulary! {
    /// Where the bone is broken, as the FLS-DB groups it (2024 fields 1.11 to 1.13).
    SiteGroup {
        Spine = "spine", "Spine";
        Hip = "hip", "Hip";
        Humerus = "humerus", "Humerus";
        Pelvis = "pelvis", "Pelvis";
        Wrist = "wrist", "Wrist";
        Other = "other", "Other";
    }
}

impl SiteGroup {
    /// The group of one of Herald's sites; none while the site is not stated.
    pub fn of(site: Site) -> Option<Self> {
        Some(match site {
            Site::Vertebra => Self::Spine,
            Site::Hip => Self::Hip,
            Site::Humerus => Self::Humerus,
            Site::Pelvis => Self::Pelvis,
            Site::Wrist => Self::Wrist,
            Site::Unspecified => return None,
            _ => Self::Other,
        })
    }
}

vocabulary! {
    /// What became of the bone density scan (FLS-DB field 3.01). The audit's own option list is unverified.
    Dxa {
        Done = "done", "Done";
        Ordered = "ordered", "Ordered";
        Recommended = "recommended", "Recommended to somebody else";
        NotOrdered = "not_ordered", "Not ordered";
        NotKnown = "not_known", "Not known";
    }
}

vocabulary! {
    /// Why no scan was asked for (FLS-DB field 3.02). The audit's own option list is unverified.
    DxaNotBecause {
        RecentScan = "recent_scan", "Scanned not long ago";
        NotNeeded = "not_needed", "Would not change treatment";
        NotTolerated = "not_tolerated", "Would not be tolerated";
        NotFeasible = "not_feasible", "Not feasible";
        Declined = "declined", "Declined by the patient";
        Other = "other", "Another reason";
        NotKnown = "not_known", "Not known";
    }
}

vocabulary! {
    /// Fracture risk as assessed (FLS-DB field 3.05). The audit's own option list is unverified.
    Risk {
        Low = "low", "Low";
        Intermediate = "intermediate", "Intermediate";
        High = "high", "High";
        VeryHigh = "very_high", "Very high";
        NotKnown = "not_known", "Not known";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_site_but_the_unstated_has_a_group() {
        for &site in Site::ALL {
            assert_eq!(
                SiteGroup::of(site).is_none(),
                site == Site::Unspecified,
                "{site}"
            );
        }
        assert_eq!(SiteGroup::of(Site::Femur), Some(SiteGroup::Other));
    }
}
