//! The program of the README: features of the digital phantom of IBSI 1.
use radiomics_core::{Execution, Settings, example, extract};

fn main() -> radiomics_core::Result<()> {
    let phantom = example::DigitalPhantom::new();
    let settings = Settings::ibsi_configuration("digital_phantom")?;
    let table = extract(&phantom.image(), &phantom.mask(), 1, &settings, &Execution::default())?;
    for row in table.rows() {
        println!("{} {}", row.column.name(), row.value);
    }
    Ok(())
}
