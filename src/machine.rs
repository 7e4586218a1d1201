//! A state machine is a list of allowed edges. Buttons, documents and tests are drawn from the same list.

/// An edge: from, what happens, to.
pub type Edge<S> = (S, &'static str, S);

/// A machine with its name and its edges.
pub struct Machine<S: 'static> {
    /// What the machine is of.
    pub name: &'static str,
    /// Where it starts.
    pub start: S,
    /// Every allowed move.
    pub edges: &'static [Edge<S>],
}

impl<S: Copy + PartialEq> Machine<S> {
    /// Whether some edge leads from one state to the other.
    pub fn allows(&self, from: S, to: S) -> bool {
        self.edges.iter().any(|&(a, _, b)| a == from && b == to)
    }

    /// Every state that can be reached from the start.
    pub fn reachable(&self) -> Vec<S> {
        let mut found = vec![self.start];
        let mut at = 0;
        while at < found.len() {
            for &(from, _, to) in self.edges {
                if from == found[at] && !found.contains(&to) {
                    found.push(to);
                }
            }
            at += 1;
        }
        found
    }
}
