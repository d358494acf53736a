//! The users of a run: signed in once, used by one workload after another.

use std::rc::Rc;

use futures_util::future::try_join_all;

use crate::failure::Failure;
use crate::portal::Portal;
use crate::user::User;
use crate::workload::Workload;

/// Sign-ins that are under way at once while users are prepared.
const AT_ONCE: usize = 8;

/// Everybody who is not busy.
pub struct Crowd {
    portal: Rc<Portal>,
    idle: Vec<User>,
    made: usize,
    people_each: usize,
}

impl Crowd {
    /// Nobody yet.
    #[must_use]
    pub fn new(portal: Portal) -> Self {
        Self { portal: Rc::new(portal), idle: Vec::new(), made: 0, people_each: 1 }
    }

    /// Each user signs in as so many people, who take turns in [`Workload::Sso`].
    #[must_use]
    pub fn with_people_each(self, people: usize) -> Self {
        Self { people_each: people.max(1), ..self }
    }

    /// The provider's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.portal.profile.name
    }

    /// What the users use.
    #[must_use]
    pub fn portal(&self) -> &Rc<Portal> {
        &self.portal
    }

    /// That many users, ready for the workload.
    ///
    /// # Errors
    /// The first [`Failure`] of the preparations.
    pub async fn take(&mut self, users: usize, workload: Workload) -> Result<Vec<User>, Failure> {
        while self.idle.len() < users {
            self.idle.push(User::new(self.made..self.made + self.people_each, self.portal.clone()));
            self.made += self.people_each;
        }
        let mut taken = self.idle.split_off(self.idle.len() - users);
        for some in taken.chunks_mut(AT_ONCE) {
            try_join_all(some.iter_mut().map(|user| user.prepare(workload))).await?;
        }
        Ok(taken)
    }

    /// That many users of whom at most as many as the profile has people sign in; the others are further connections of their browsers.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub async fn take_with_shared_sessions(&mut self, users: usize, workload: Workload) -> Result<Vec<User>, Failure> {
        let mut taken = self.take(users.min(self.portal.profile.users.count), workload).await?;
        for number in taken.len()..users {
            let mut other = taken[number % self.portal.profile.users.count].another_connection();
            other.prepare(workload).await?;
            taken.push(other);
        }
        Ok(taken)
    }

    /// Takes them in again.
    pub fn give_back(&mut self, users: Vec<User>) {
        self.idle.extend(users);
    }
}
