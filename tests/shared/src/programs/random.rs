//! Numbers that look random and follow from a seed: splitmix64.

/// <https://prng.di.unimi.it/splitmix64.c>
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    #[must_use]
    pub fn new(seed: u64, case: u64) -> Self {
        let mut of_seed = Self(seed);
        Self(of_seed.next() ^ case.wrapping_mul(0xd134_2543_de82_ef95))
    }

    #[allow(clippy::should_implement_trait, reason = "an iterator would end")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; zero where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or_default()
    }

    /// A number from `low` to `high`.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list that is not empty.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// Some of a list, in its order, at least one.
    pub fn some<T: Clone>(&mut self, choices: &[T], percent: usize) -> Vec<T> {
        let mut some: Vec<_> = choices.iter().filter(|_| self.chance(percent)).cloned().collect();
        if some.is_empty() && !choices.is_empty() {
            some.push(self.pick(choices).clone());
        }
        some
    }
}
