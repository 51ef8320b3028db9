using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Mqtt.Calls;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;
using Serverless.Domain.Topics;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Mqtt.Sessions;

/// <summary>A device that asks for its credentials: it publishes nothing to s/ucr until it is accepted, and then gets 70,tenant,user,password on s/dcr.</summary>
internal sealed class BootstrapTopicSession(TopicServices services, Caller caller, string serial) : ITopicSession
{
    private readonly ClientTopics topics = new(null);

    public string Key => $"bootstrap/{serial}";

    public string Tenant => caller.Tenant;

    public ValueTask OnConnectedAsync(ITopicLink link, CancellationToken cancellation)
    {
        topics.Begin(link);
        return ValueTask.CompletedTask;
    }

    public async Task OnPublishAsync(TopicMessage message, CancellationToken cancellation)
    {
        if (UpTopic.Parse(message.Topic)?.Kind != UpKind.Credentials)
        {
            CumulocityTopicLog.Refused(services.Logger, serial, "another topic than s/ucr", "the client has no credentials of its own yet");
            return;
        }

        try
        {
            var call = new ApiCall("POST", "/devicecontrol/deviceCredentials", new JsonObject { ["id"] = serial });
            if (
                await services.Api.CallAsync(caller, call, cancellation) is { } given
                && (string?)given["tenantId"] is { } tenant
                && (string?)given["username"] is { } user
                && (string?)given["password"] is { } password
            )
            {
                topics.Publish(ClientTopics.Credentials, SmartRestWriter.Write("70", tenant, user, password));
            }
        }
        catch (CumulocityException refused)
        {
            // Not registered, or not accepted yet: it asks again.
            if (refused.Status != 404)
            {
                CumulocityTopicLog.Refused(services.Logger, serial, "s/ucr", refused.Message);
            }
        }
    }

    public ValueTask<bool> OnSubscribeAsync(string filter, int qos, CancellationToken cancellation)
    {
        var may = filter is ClientTopics.Credentials or ClientTopics.Errors;
        if (may)
        {
            topics.Add(filter, qos);
        }

        return ValueTask.FromResult(may);
    }

    public ValueTask OnUnsubscribeAsync(string filter, CancellationToken cancellation)
    {
        topics.Remove(filter);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnDisconnectedAsync() => ValueTask.CompletedTask;
}
