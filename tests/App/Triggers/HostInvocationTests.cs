using Microsoft.AspNetCore.Http;
using Serverless.App.Triggers;

namespace Serverless.App.Tests.Triggers;

public sealed class HostInvocationTests
{
    private const string Host = "User-Agent: Azure-Functions-Host/4.1045|X-Azure-Functions-InvocationId: 1";

    [Theory]
    [InlineData("POST", Host, true)]
    [InlineData("GET", Host, false)]
    [InlineData("POST", Host + "|x-ms-invocation-id: 2", false)]
    [InlineData("POST", Host + "|X-MS-Invocation-Id: 2", false)]
    [InlineData("POST", Host + "|x-ms-invocation-id: ", false)]
    [InlineData("POST", Host + "|X-Forwarded-For: 1.2.3.4", false)]
    [InlineData("POST", "User-Agent: Azure-Functions-Host/4.1045", false)]
    [InlineData("POST", "X-Azure-Functions-InvocationId: 1", false)]
    [InlineData("POST", "User-Agent: curl Azure-Functions-Host/4|X-Azure-Functions-InvocationId: 1", false)]
    [InlineData("POST", "", false)]
    public void Only_the_hosts_own_call_is_genuine(string method, string headers, bool genuine)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = header.Split(": ");
            request.Headers[parts[0]] = parts[1];
        }

        Assert.Equal(genuine, HostInvocation.IsGenuine(request));
    }
}
