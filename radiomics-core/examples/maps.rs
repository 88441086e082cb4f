//! A feature in the window round each voxel of a region: `cargo run --example maps`.

use std::ops::ControlFlow;

use radiomics_core::voxel_map::{MovingWindow, PreparedMaps};
use radiomics_core::{Pool, Runtime, Settings, example};

fn main() -> radiomics_core::Result<()> {
    let phantom = example::DigitalPhantom::new();
    let settings = Settings {
        features: Some(vec!["glcm.joint_entropy".to_owned()]),
        ..Settings::ibsi_configuration("digital_phantom")?
    };
    let pool = Pool::new(0)?;
    let runtime = Runtime::new(&pool);
    let window = MovingWindow { radius: 1, in_plane: false, masked: true };
    let maps = PreparedMaps::new(&phantom.image(), &phantom.mask(), 1, &settings, &window, &runtime)?;
    let names: Vec<String> = maps.layout().columns().iter().map(|column| column.name()).collect();
    println!("voxel (z, y, x) of {:?}: {}", maps.layout().grid().shape, names.join(", "));
    // Tiles of voxels come in order; a map of the whole image need never be in memory.
    let _ = maps.compute(&runtime, 1 << 20, |tile| {
        let rows = tile.values.chunks_exact(names.len());
        for (voxel, values) in tile.layout.voxels()[tile.first..].iter().zip(rows) {
            println!("{voxel:?} {values:?}");
        }
        ControlFlow::Continue(())
    })?;
    Ok(())
}
