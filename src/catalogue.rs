//! What is on sale.

use serde::{Deserialize, Serialize};

/// What the name of a product's picture begins with when it is a photo that the store brought: the rest is the hash of its bytes.
/// Without it, it is a drawing of ours.
pub const PHOTO: &str = "photo-";

macro_rules! categories {
    ($($(#[$doc:meta])* $name:ident = $slug:tt, $installed:literal;)*) => {
        /// The trade's categories.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum Category {
            $($(#[$doc])* #[serde(rename = $slug)] $name,)*
        }
        impl Category {
            /// Every category in the order of the shop's shelves.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The name in addresses and data files.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }
            /// Whether goods of this category are put up by an installer.
            pub fn needs_installer(self) -> bool {
                match self { $(Self::$name => $installed),* }
            }
            /// The category of a slug.
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|category| category.slug() == slug)
            }
        }
    };
}

categories! {
    /// 벽걸이 에어컨
    Wall = "wall", true;
    /// 스탠드 에어컨
    Stand = "stand", true;
    /// 2in1
    TwoInOne = "two-in-one", true;
    /// 천장형
    Ceiling = "ceiling", true;
    /// 이동형·창문형
    Portable = "portable", false;
    /// 공기청정·제습
    Purifier = "purifier", false;
    /// 부품
    Parts = "parts", false;
    /// 청소·점검
    Services = "services", false;
}

/// Where the units of a listing come from.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Supply {
    /// Own stock is held at placement.
    #[default]
    Stocked,
    /// The store buys from a partner after the sale (002).
    ToOrder,
    /// An own cap and a ship-by promise.
    PreOrder,
}

impl Supply {
    /// The name in data files and rows.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Stocked => "stocked",
            Self::ToOrder => "to-order",
            Self::PreOrder => "pre-order",
        }
    }
    /// Whether units come off the seller's own shelf.
    pub fn is_stocked(&self) -> bool {
        *self == Self::Stocked
    }
    /// The supply of a slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Stocked, Self::ToOrder, Self::PreOrder].into_iter().find(|supply| supply.slug() == slug)
    }
}

/// The first consonants (초성) of Korean text, other characters as they are and blanks left out, so that `ㅂㄱㅇ` finds
/// 벽걸이 and spacing never matters.
pub fn search_key(text: &str) -> (String, String) {
    const INITIALS: [char; 19] = ['ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ'];
    let plain: String = text.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let initials = plain
        .chars()
        .map(|c| match u32::from(c).checked_sub(0xAC00) {
            Some(offset) if offset < 11_172 => INITIALS[(offset / 588) as usize],
            Some(_) | None => c,
        })
        .collect();
    (plain, initials)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_forgives_spaces_and_knows_initials() {
        assert_eq!(search_key("벽걸이 에어컨 A1"), ("벽걸이에어컨a1".into(), "ㅂㄱㅇㅇㅇㅋa1".into()));
    }
}
