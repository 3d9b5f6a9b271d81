//! Zips with more room for numbers than a layer needs.

use super::builder::{Header, extra};
use super::lies::good;
use super::*;

#[test]
fn zip64_is_refused_wherever_it_is_needed() {
    let wide = extra(1, &[0x88, 0x13, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
    let uses: [fn(&mut Header); 2] = [|header| header.size = u32::MAX, |header| header.compressed = u32::MAX];
    for uses in uses {
        let mut zip = good();
        zip.entries[1] = zip.entries[1].clone().with(|header| {
            uses(header);
            header.extra.clone_from(&wide);
        });
        assert_says(&refused(&zip), "`python/a.py` in the layer's zip uses zip64");
        // Without the field it is no better.
        let mut zip = good();
        uses(&mut zip.entries[1].central);
        assert_says(&refused(&zip), "uses zip64");
        let mut zip = good();
        uses(&mut zip.entries[1].local);
        assert_says(&refused(&zip), "uses zip64");
    }
    let mut zip = good();
    zip.entries[1].offset = Some(u32::MAX);
    zip.entries[1].central.extra = extra(1, &37_u64.to_le_bytes());
    assert_says(&refused(&zip), "uses zip64");
    // Where zero is the value, and not room for one.
    let mut zip = good();
    zip.entries[0].offset = Some(u32::MAX);
    zip.entries[0].central.extra = extra(1, &0_u64.to_le_bytes());
    assert_says(&refused(&zip), "uses zip64");
    let mut zip = good();
    zip.entries[1] = zip.entries[1].clone().streamed(true);
    let sizes = [zip.entries[1].central.compressed, zip.entries[1].central.size];
    let behind = &mut zip.entries[1].behind;
    behind.truncate(8);
    behind.extend(sizes.into_iter().flat_map(|size| u64::from(size).to_le_bytes()));
    assert_says(&refused(&zip), "uses zip64");
    // The record of zip64 in front of the zip's end.
    let mut zip = good();
    zip.before_end = [b"PK\x06\x07".to_vec(), vec![0; 16]].concat();
    assert_says(&refused(&zip), "the layer's zip uses zip64, which a layer never needs");
}

#[test]
fn room_for_zip64_that_was_not_needed_is_no_zip64() {
    for room in [&[][..], &[0; 16], &[0x88, 0x13, 0, 0, 0, 0, 0, 0]] {
        for central in [false, true] {
            let mut zip = good();
            zip.entries[1].local.extra = extra(1, room);
            if central {
                zip.entries[1].central.extra = extra(1, room);
            }
            accepted(&zip);
        }
    }
    let mut zip = good();
    zip.entries[1].central.extra = extra(1, &[7, 0, 0, 0, 0, 0, 0, 0]);
    assert_says(&refused(&zip), "uses zip64");
    let mut zip = good();
    zip.entries[1].local.extra = extra(1, &[7, 0, 0, 0, 0, 0, 0, 0]);
    assert_says(&refused(&zip), "uses zip64");
}
