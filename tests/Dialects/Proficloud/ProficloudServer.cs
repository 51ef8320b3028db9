using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Serverless.Dialects.Authentication;
using Serverless.Dialects.Proficloud;
using Serverless.Dialects.Tests.Http;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Series;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Time;
using Serverless.Domain.Users;
using Serverless.Tests.Support;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Tests.Proficloud;

/// <summary>The dialect behind Kestrel on a free port, with the user ann and her token in the client.</summary>
internal sealed class ProficloudServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly SigningKeys keys;

    private ProficloudServer(TestCloud cloud, SigningKeys keys, WebApplication app)
    {
        (Cloud, this.keys, this.app) = (cloud, keys, app);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public TestCloud Cloud { get; }

    public HttpClient Client { get; }

    public static async Task<ProficloudServer> StartAsync(TenantSettings? settings = null, Func<TestCloud, SeriesStore>? series = null)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var cloud = await TestCloud.OpenAsync(settings);
        var one = cloud.One;
        var signing = new SigningKeys(new DocumentSigningKeys(cloud.Store, cloud.Time), cloud.Time);
        var tokens = new AccessTokens(signing, one.Users, cloud.Time);
        var callers = new HttpCallers(tokens, one.Logins, one.Users);
        var dialect = new ProficloudDialect(series?.Invoke(cloud) ?? cloud.Series, one.Devices, one.Tenants, tokens, one.Logins, callers);
        var built = await LoopbackServer.StartAsync(dialect, cancellation);
        var change = new UserChange { Password = "secret", ApiToken = "the-token" };
        await one.Users.ApplyAsync(TestCloud.Tenant, "ann", change, null, cancellation);
        var server = new ProficloudServer(cloud, signing, built);
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "the-token");
        return server;
    }

    public async Task<DeviceTwin> AddAsync(string uuid, string tenant = TestCloud.Tenant) =>
        (await Cloud.One.Service.CreateAsync(tenant, new NewDevice { Uuid = new Guid(uuid) }, TestContext.Current.CancellationToken)).Value;

    /// <summary>Writes one point of a device.</summary>
    public Task WriteAsync(string uuid, string measurement, string time, FieldValue value, string field = Readings.ValueField)
    {
        Assert.True(Iso8601.TryParse(time, out var nanoseconds));
        return WriteAsync([new Point(measurement, TagSet.Of("uuid", uuid), field, nanoseconds, value)]);
    }

    public Task WriteAsync(IReadOnlyList<Point> points) =>
        Cloud.Series.WriteAsync(TestCloud.Tenant, Tenant.DeviceDatabase, points, TestContext.Current.CancellationToken);

    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        keys.Dispose();
        await Cloud.DisposeAsync();
    }
}

/// <summary>A run store whose reads fail from a moment on.</summary>
internal sealed class FailingRuns(IRunStore inner) : IRunStore
{
    public bool Away { get; set; }

    public Task<long> AppendAsync(SeriesPartition partition, ReadOnlyMemory<byte> payload, CancellationToken cancellation) =>
        inner.AppendAsync(partition, payload, cancellation);

    public IAsyncEnumerable<StoredRun> ReadRunsAsync(SeriesPartition partition, long after, CancellationToken cancellation) =>
        Away ? throw new StoreUnavailableException("The runs are away.") : inner.ReadRunsAsync(partition, after, cancellation);

    public IAsyncEnumerable<SealedRow> ReadSealedAsync(
        SeriesPartition partition,
        string? from,
        string? to,
        CancellationToken cancellation
    ) => Away ? throw new StoreUnavailableException("The runs are away.") : inner.ReadSealedAsync(partition, from, to, cancellation);

    public Task CompactAsync(SeriesPartition partition, Compaction compaction, CancellationToken cancellation) =>
        inner.CompactAsync(partition, compaction, cancellation);

    public IAsyncEnumerable<SeriesPartition> ListPartitionsAsync(string? tenant, CancellationToken cancellation) =>
        inner.ListPartitionsAsync(tenant, cancellation);

    public ValueTask<long> GetSealedVersionAsync(SeriesPartition partition, CancellationToken cancellation) =>
        inner.GetSealedVersionAsync(partition, cancellation);
}
