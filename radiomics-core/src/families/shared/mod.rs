//! What several families have in common.

pub(crate) mod emphasis;
pub(crate) mod line_sets;
pub(crate) mod statistics;
pub(crate) mod texture;
pub(crate) mod zone_sets;
