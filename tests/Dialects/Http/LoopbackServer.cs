using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Serverless.Dialects.Tests.Http;

/// <summary>Kestrel on a free port of this machine, without logs: what dialects are tried behind.</summary>
internal static class LoopbackServer
{
    public static WebApplicationBuilder NewBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }

    /// <summary>Serves one dialect.</summary>
    public static async Task<WebApplication> StartAsync(IDialect dialect, CancellationToken cancellation = default)
    {
        var app = NewBuilder().Build();
        dialect.Map(app);
        await app.StartAsync(cancellation);
        return app;
    }
}
