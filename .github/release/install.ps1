# Installs the command `deploystatus` @VERSION@ for Windows.
#
# Environment:
#   DEPLOYSTATUS_INSTALL_DIR   directory of the command [default: %LOCALAPPDATA%\Programs\deploystatus]
#   DEPLOYSTATUS_DOWNLOAD_URL  URL of the folder with the archives [default: @DOWNLOAD_URL@]
$ErrorActionPreference = 'Stop'
# The progress bar makes downloads many times slower in Windows PowerShell.
$ProgressPreference = 'SilentlyContinue'

function Install-Deploystatus {
    $url = if ($env:DEPLOYSTATUS_DOWNLOAD_URL) { $env:DEPLOYSTATUS_DOWNLOAD_URL } else { '@DOWNLOAD_URL@' }
    $directory = if ($env:DEPLOYSTATUS_INSTALL_DIR) {
        $env:DEPLOYSTATUS_INSTALL_DIR
    } else {
        Join-Path $env:LOCALAPPDATA 'Programs\deploystatus'
    }
    $folder = 'deploystatus-x86_64-pc-windows-msvc'
    $archive = "$folder.zip"
    $work = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid().ToString())
    New-Item -ItemType Directory -Path $work | Out-Null
    try {
        Invoke-WebRequest -UseBasicParsing -Uri "$url/$archive" -OutFile (Join-Path $work $archive)
        Invoke-WebRequest -UseBasicParsing -Uri "$url/SHA256SUMS" -OutFile (Join-Path $work 'SHA256SUMS')
        $line = Get-Content (Join-Path $work 'SHA256SUMS') | Where-Object { $_ -match " [ *]$([Regex]::Escape($archive))$" }
        $expected = "$line".Split(' ')[0]
        $actual = (Get-FileHash -Algorithm SHA256 (Join-Path $work $archive)).Hash
        if ($actual -ne $expected) {
            throw "checksum of $archive does not match SHA256SUMS"
        }
        Expand-Archive -Path (Join-Path $work $archive) -DestinationPath $work
        New-Item -ItemType Directory -Force -Path $directory | Out-Null
        Copy-Item -Force (Join-Path $work "$folder\deploystatus.exe") $directory
    } finally {
        Remove-Item -Recurse -Force $work
    }
    Write-Output "installed $(Join-Path $directory 'deploystatus.exe')"
    if (($env:PATH -split ';') -notcontains $directory) {
        Write-Output "note: $directory is not in PATH"
    }
}

Install-Deploystatus
