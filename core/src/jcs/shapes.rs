//! Documents hold many objects of few shapes: the order found for one is tried on the next like it.
//!
//! A remembered order is only a guess. It is used where every name in it is proved to come before the next, which
//! takes one comparison per member, and no branch that depends on how the names were mixed.

/// Objects with more members are always sorted.
const MOST: usize = 32;

/// How many shapes are remembered: a power of two.
const SHAPES: usize = 32;

/// The orders of the last objects, by what they have in common.
#[derive(Debug)]
pub(super) struct Shapes {
    shapes: [Shape; SHAPES],
}

/// One remembered order.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// How many members; zero where nothing is remembered.
    count: usize,
    /// The members in the order of their names, by their place in the object.
    order: [u8; MOST],
}

impl Default for Shapes {
    fn default() -> Self {
        Self { shapes: [Shape { count: 0, order: [0; MOST] }; SHAPES] }
    }
}

impl Shapes {
    /// The order that an object like this one had: as many members, and the same first name as far as its prefix tells.
    #[inline(always)]
    pub(super) fn recall(&self, first: u64, count: usize) -> Option<&[u8]> {
        let shape = &self.shapes[Self::place(first, count)];
        (shape.count == count).then(|| &shape.order[..count.min(MOST)])
    }

    /// Remembers an order.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "places below MOST")]
    pub(super) fn remember(&mut self, first: u64, order: impl ExactSizeIterator<Item = usize>) {
        let count = order.len();
        if count > MOST {
            return;
        }
        let shape = &mut self.shapes[Self::place(first, count)];
        shape.count = count;
        for (slot, place) in shape.order.iter_mut().zip(order) {
            *slot = place as u8;
        }
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the highest bits of a product are a small number")]
    fn place(first: u64, count: usize) -> usize {
        let mixed = (first ^ count as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> (u64::BITS - SHAPES.ilog2())) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_recalled_for_its_shape_alone() {
        let mut shapes = Shapes::default();
        assert_eq!(shapes.recall(1, 3), None);
        shapes.remember(1, [2, 0, 1].into_iter());
        assert_eq!(shapes.recall(1, 3), Some(&[2, 0, 1][..]));
        assert_eq!(shapes.recall(1, 2), None);
        shapes.remember(1, 0..MOST + 1);
        assert_eq!(shapes.recall(1, MOST + 1), None);
    }
}
