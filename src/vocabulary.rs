//! The names that the documents we were given use for our states, both ways.

use crate::order::Status;

/// Whose names a caller speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Vocabulary {
    /// Our own.
    #[default]
    Ours,
    /// Those of 000.
    Doc000,
    /// Those of 001.
    Doc001,
    /// Those of 003.
    Doc003,
}

impl Vocabulary {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Ours, Self::Doc000, Self::Doc001, Self::Doc003];

    /// The name in addresses.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Doc000 => "000",
            Self::Doc001 => "001",
            Self::Doc003 => "003",
        }
    }

    /// The vocabulary of a slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.slug() == slug)
    }

    /// What a status is called; a state that the document does not know keeps our name.
    pub fn name(self, status: Status) -> &'static str {
        match self {
            Self::Ours => status.name(),
            Self::Doc000 => status.name_in_000(),
            Self::Doc001 | Self::Doc003 => {
                let twin = Status::TWINS.iter().find(|(source, _, ours)| *source == self.slug() && ours.contains(&status));
                twin.map_or(status.name(), |(_, name, _)| name)
            }
        }
    }

    /// The statuses that a name means: ours, or every one that the document calls so. Nothing when nobody calls any so.
    pub fn statuses(self, name: &str) -> Vec<Status> {
        if let Ok(ours) = Status::from_name(name) {
            return vec![ours];
        }
        let listed =
            |status: &Status| Status::TWINS.iter().any(|(source, twin, ours)| *source == self.slug() && *twin == name && ours.contains(status));
        Status::ALL.iter().copied().filter(|status| self.name(*status) == name || listed(status)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_by_a_name_is_found_by_it() {
        for vocabulary in Vocabulary::ALL {
            assert_eq!(Vocabulary::from_slug(vocabulary.slug()), Some(*vocabulary));
            for status in Status::ALL {
                let name = vocabulary.name(*status);
                assert!(vocabulary.statuses(name).contains(status), "{name} of {vocabulary:?} finds {status:?}");
            }
        }
        assert_eq!(Vocabulary::Doc003.statuses("SHIPPED"), [Status::Shipped, Status::InTransit, Status::OutForDelivery]);
        assert_eq!(Vocabulary::Doc001.statuses("SHIPPED"), []);
        assert_eq!(Vocabulary::Ours.statuses("SHIPPED"), []);
        assert_eq!(Vocabulary::Doc000.statuses("Delivered"), [Status::Delivered]);
    }
}
