namespace Serverless.Azure.KeyVault;

/// <summary>Where the token-signing key lies.</summary>
/// <param name="Vault">The vault's address, https://….vault.azure.net.</param>
public sealed record KeyVaultOptions(Uri Vault)
{
    /// <summary>The secret whose versions are the keys.</summary>
    public string SecretName { get; init; } = "token-signing-key";
}
