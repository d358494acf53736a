//! The page at `/`.

use askama::Template;

use super::{DEMO_CITIZENS, DEMO_PASSWORD, Frame, page};

/// Says what this is and where to begin.
#[derive(Clone, Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// Header and footer.
    pub frame: Frame,
    /// Name and URL of the portals to sign in to.
    pub portals: Vec<(String, String)>,
}

page!(HomePage);
