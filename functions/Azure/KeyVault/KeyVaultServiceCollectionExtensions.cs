using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Domain.Users;

namespace Serverless.Azure.KeyVault;

/// <summary>Puts the signing keys of Key Vault in place.</summary>
public static class KeyVaultServiceCollectionExtensions
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Adds <see cref="ISigningKeyStore"/> on a Key Vault. It needs a <see cref="TokenCredential"/>, which must be one for tokens of the vault's resource, and a
    /// <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddKeyVaultSigningKeys(this IServiceCollection services, KeyVaultOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider => CreateClient(options, provider.GetRequiredService<TokenCredential>()));
        services.AddSingleton<ISigningKeyStore, KeyVaultSigningKeys>();
        return services;
    }

    internal static SecretClient CreateClient(
        KeyVaultOptions options,
        TokenCredential credential,
        HttpPipelineTransport? transport = null,
        TimeSpan? retryDelay = null
    )
    {
        var client = new SecretClientOptions(SecretClientOptions.ServiceVersion.V7_6) { Retry = { NetworkTimeout = Patience } };
        client.Transport = transport ?? client.Transport;
        client.Retry.Delay = retryDelay ?? client.Retry.Delay;
        return new SecretClient(options.Vault, credential, client);
    }
}
