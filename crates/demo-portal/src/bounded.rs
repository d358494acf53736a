//! A map in memory that never grows past its capacity. A real portal would keep this in its database.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values under random keys; when full, the oldest leaves.
pub struct Bounded<T> {
    inner: Mutex<Inner<T>>,
    capacity: usize,
}

struct Inner<T> {
    next: u64,
    entries: HashMap<String, (u64, T)>,
}

impl<T: Clone> Bounded<T> {
    /// Room for `capacity` values.
    pub fn new(capacity: usize) -> Self {
        Self { inner: Mutex::new(Inner { next: 0, entries: HashMap::new() }), capacity }
    }

    /// Keeps `value` under `key`.
    pub fn put(&self, key: String, value: T) {
        let mut inner = self.lock();
        if inner.entries.len() >= self.capacity && !inner.entries.contains_key(&key) {
            let oldest = inner.entries.iter().min_by_key(|(_, (age, _))| *age).map(|(key, _)| key.clone());
            oldest.map(|key| inner.entries.remove(&key));
        }
        let age = inner.next;
        inner.next += 1;
        inner.entries.insert(key, (age, value));
    }

    /// A copy of what lies under `key`.
    pub fn find(&self, key: &str) -> Option<T> {
        self.lock().entries.get(key).map(|(_, value)| value.clone())
    }

    /// Takes the value out, once, if it is the one meant: two callers never both get it.
    pub fn take(&self, key: &str, meant: impl FnOnce(&T) -> bool) -> Option<T> {
        let mut inner = self.lock();
        inner.entries.get(key).filter(|(_, value)| meant(value))?;
        inner.entries.remove(key).map(|(_, value)| value)
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Bounded;

    #[test]
    fn when_full_the_oldest_leaves() {
        let map = Bounded::new(2);
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] {
            map.put(key.into(), value);
        }
        assert_eq!((map.find("a"), map.find("b"), map.find("c")), (None, Some(2), Some(3)));
    }

    #[test]
    fn a_value_is_taken_once_and_only_by_whom_it_is_meant_for() {
        let map = Bounded::new(2);
        map.put("state".into(), "browser");
        assert_eq!(map.take("state", |browser| *browser == "stranger"), None);
        assert_eq!(map.take("state", |browser| *browser == "browser"), Some("browser"));
        assert_eq!(map.take("state", |_| true), None);
    }
}
