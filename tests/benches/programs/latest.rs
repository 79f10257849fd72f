//! Reads the newest status from a server, with the cryptography that its features select.

use deploystatus::Client;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    #[cfg(feature = "ring")]
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "another provider is installed")?;
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build()?.block_on(read())
}

async fn read() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("expected a URL")?;
    let client = Client::builder().base_url(url).token("token").build()?;
    let deployment = client.deployment("octocat/example", 42)?;
    let newest = deployment.latest_status().await?;
    println!("{:?}", newest.map(|status| status.state));
    Ok(())
}
