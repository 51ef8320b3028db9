using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.App.Hosting;
using Serverless.Contracts;
using Serverless.Domain.Documents;

namespace Serverless.App.Tests.Hosting;

public sealed class HealthTests
{
    private static readonly HealthCheck Good = new("good", _ => Task.FromResult<string?>(null));

    [Fact]
    public async Task Where_every_port_answers_it_is_200() =>
        Assert.Equal(
            (
                200,
                """{"name":"serverless","message":"ready for queries and writes","status":"pass","checks":[{"name":"good","status":"pass"},"""
                    + """{"name":"told","status":"pass","message":"3 left"}]}"""
            ),
            await AskAsync(Good, new HealthCheck("told", _ => Task.FromResult<string?>("3 left")))
        );

    [Theory]
    [InlineData(typeof(StoreUnavailableException))]
    [InlineData(typeof(InvalidDataException))]
    [InlineData(typeof(HttpRequestException))]
    public async Task Where_one_fails_in_whatever_way_it_is_503_and_says_which(Type failure)
    {
        var check = new HealthCheck("bad", _ => throw (Exception)Activator.CreateInstance(failure, "It is away.", null)!);

        var (status, body) = await AskAsync(Good, check);

        Assert.Equal(503, status);
        Assert.Contains("""{"name":"good","status":"pass"},{"name":"bad","status":"fail","message":"It is away."}""", body);
    }

    [Fact]
    public async Task Where_one_does_not_answer_in_five_seconds_it_is_503()
    {
        var time = new ManualTime();
        var asked = AskAsync(
            time,
            new HealthCheck(
                "slow",
                async cancellation =>
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                    return null;
                }
            )
        );

        time.Advance(TimeSpan.FromSeconds(5));

        var (status, body) = await asked;
        Assert.Equal(503, status);
        Assert.Contains("It did not answer within 5 s.", body);
    }

    private static Task<(int Status, string Body)> AskAsync(params HealthCheck[] checks) => AskAsync(new ManualTime(), checks);

    private static async Task<(int Status, string Body)> AskAsync(ManualTime time, params HealthCheck[] checks)
    {
        var context = new DefaultHttpContext();
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await new Health(checks, time).HandleAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()));
    }
}
