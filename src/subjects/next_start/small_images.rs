//! Which images are far smaller than their siblings: a sign that one was made without what it needs, or while /boot was
//! full, where nothing else shows it.

/// An image and what is usual beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmallImage {
    pub name: String,
    pub bytes: u64,
    /// The median of the others.
    pub usual_bytes: u64,
}

/// Those of under half the median of the others. `sizes` are images of one family of kernels in one folder.
pub fn small_images(sizes: &[(String, u64)]) -> Vec<SmallImage> {
    let small = |(at, (name, bytes)): (usize, &(String, u64))| {
        let others = sizes.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, (_, bytes))| *bytes);
        let usual_bytes = median(others.collect())?;
        (*bytes < usual_bytes / 2).then(|| SmallImage { name: name.clone(), bytes: *bytes, usual_bytes })
    };
    sizes.iter().enumerate().filter_map(small).collect()
}

/// The lower one of two in the middle, so that one huge image accuses no other.
fn median(mut sizes: Vec<u64>) -> Option<u64> {
    sizes.sort_unstable();
    sizes.get(sizes.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(sizes: &[u64]) -> Vec<u64> {
        let sizes: Vec<_> = sizes.iter().enumerate().map(|(n, bytes)| (format!("image {n}"), *bytes)).collect();
        small_images(&sizes).into_iter().map(|image| image.bytes).collect()
    }

    #[test]
    fn an_image_of_under_half_the_median_of_the_others_is_small() {
        assert_eq!(small(&[70, 72, 30]), [30]);
        assert_eq!(small(&[70, 34]), [34]);
        assert_eq!(small(&[0, 70, 70]), [0]);
    }

    #[test]
    fn half_a_lone_image_and_siblings_of_a_huge_one_are_not_small() {
        assert!(small(&[70, 35]).is_empty());
        assert!(small(&[1]).is_empty() && small(&[]).is_empty());
        assert!(small(&[70, 70, 400]).is_empty());
    }
}
