# Homebrew formula of the command `deploystatus`.
class Deploystatus < Formula
  desc "Report and follow GitHub deployment statuses"
  homepage "@HOMEPAGE@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@DOWNLOAD_URL@/deploystatus-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:aarch64-apple-darwin@"
    end
    on_intel do
      url "@DOWNLOAD_URL@/deploystatus-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "@DOWNLOAD_URL@/deploystatus-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "@DOWNLOAD_URL@/deploystatus-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "deploystatus"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/deploystatus.bash" => "deploystatus"
    fish_completion.install "completions/deploystatus.fish"
    zsh_completion.install "completions/_deploystatus"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/deploystatus --version")
  end
end
