use crate::vocabulary;

vocabulary! {
    /// Bone-sparing medicines, as the FLS-DB lists them (2024 fields 4.01, 6.05 and 7.05). Other medicines may have
    /// been added to the audit since; its current import specification was not to hand.
    Medicine {
        Alendronate = "alendronate", "Alendronate";
        Risedronate = "risedronate", "Risedronate";
        Ibandronate = "ibandronate", "Ibandronate";
        Zoledronate = "zoledronate", "Zoledronate";
        Denosumab = "denosumab", "Denosumab";
        Teriparatide = "teriparatide", "Teriparatide";
        Romosozumab = "romosozumab", "Romosozumab";
        Alfacalcidol = "alfacalcidol", "Alfacalcidol";
        SystemicOestrogens = "systemic_oestrogens", "Systemic oestrogens (HRT)";
    }
}

vocabulary! {
    /// What was decided about bone therapy (FLS-DB 2024 field 4.01).
    Recommended {
        Alendronate = "alendronate", "Alendronate";
        Risedronate = "risedronate", "Risedronate";
        Ibandronate = "ibandronate", "Ibandronate";
        Zoledronate = "zoledronate", "Zoledronate";
        Denosumab = "denosumab", "Denosumab";
        Teriparatide = "teriparatide", "Teriparatide";
        Romosozumab = "romosozumab", "Romosozumab";
        Alfacalcidol = "alfacalcidol", "Alfacalcidol";
        SystemicOestrogens = "systemic_oestrogens", "Systemic oestrogens (HRT)";
        ReferredToGp = "referred_to_gp", "Referred to GP to decide the prescription";
        ReferredForOpinion = "referred_for_opinion", "Referred for a further clinical opinion";
        InformedDecline = "informed_decline", "Informed decline";
        Inappropriate = "inappropriate", "Bone therapy inappropriate";
        NotKnown = "not_known", "Not known";
    }
}

vocabulary! {
    /// What somebody takes when reviewed (FLS-DB 2024 fields 6.05 and 7.05).
    TherapyAtReview {
        Alendronate = "alendronate", "Alendronate";
        Risedronate = "risedronate", "Risedronate";
        Ibandronate = "ibandronate", "Ibandronate";
        Zoledronate = "zoledronate", "Zoledronate";
        Denosumab = "denosumab", "Denosumab";
        Teriparatide = "teriparatide", "Teriparatide";
        Romosozumab = "romosozumab", "Romosozumab";
        Alfacalcidol = "alfacalcidol", "Alfacalcidol";
        SystemicOestrogens = "systemic_oestrogens", "Systemic oestrogens (HRT)";
        NotStarted = "not_started", "Not started";
        NoLongerAppropriate = "no_longer_appropriate", "No longer appropriate";
        InformedDecline = "informed_decline", "Informed decline";
        ReferForOpinion = "refer_for_opinion", "Referred for a clinical opinion";
        NotKnown = "not_known", "Not known";
    }
}

impl Recommended {
    pub fn medicine(self) -> Option<Medicine> {
        Medicine::from_code(self.code())
    }
}

impl TherapyAtReview {
    pub fn medicine(self) -> Option<Medicine> {
        Medicine::from_code(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_medicine_can_be_recommended_and_reviewed() {
        for medicine in Medicine::ALL {
            let recommended = Recommended::from_code(medicine.code()).unwrap();
            let reviewed = TherapyAtReview::from_code(medicine.code()).unwrap();
            assert_eq!(recommended.medicine(), Some(*medicine));
            assert_eq!(reviewed.medicine(), Some(*medicine));
            assert_eq!(recommended.words(), medicine.words());
        }
        assert_eq!(Recommended::ReferredToGp.medicine(), None);
    }
}
