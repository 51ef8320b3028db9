using Serverless.Contracts.Users;
using Serverless.Dialects.Authentication;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Authentication;

/// <summary>The keys as documents.</summary>
public sealed class DocumentSigningKeysTests : SigningKeyStoreContract, IAsyncLifetime
{
    private TestCloud cloud = null!;

    public async ValueTask InitializeAsync() => cloud = await TestCloud.OpenAsync();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    protected override Task<ISigningKeyStore> OpenAsync() =>
        Task.FromResult<ISigningKeyStore>(new DocumentSigningKeys(cloud.Store, cloud.Time));
}
