package jobs

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	bedrocksvc "github.com/aws/aws-sdk-go-v2/service/bedrock"
	bedrocktypes "github.com/aws/aws-sdk-go-v2/service/bedrock/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

type Jobs struct{ api *bedrocksvc.Client }

func (j *Jobs) Start(ctx context.Context, s3c *s3.Client) (arn *string, err error) {
	if _, err = s3c.PutObject(ctx, &s3.PutObjectInput{}); err != nil {
		return
	}
	job, err := j.api.CreateModelInvocationJob(ctx, &bedrocksvc.CreateModelInvocationJobInput{ //> bedrock CreateModelInvocationJob
		JobName: aws.String("j"),
		ModelId: aws.String("amazon.nova-lite-v1:0"),
		InputDataConfig: &bedrocktypes.ModelInvocationJobInputDataConfigMemberS3InputDataConfig{},
	})
	if err != nil {
		return nil, err
	}
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			_, err = j.api.StopModelInvocationJob(context.Background(), &bedrocksvc.StopModelInvocationJobInput{JobIdentifier: job.JobArn}) //> bedrock StopModelInvocationJob
			return job.JobArn, err
		case <-tick.C:
			state, err := j.api.GetModelInvocationJob(ctx, &bedrocksvc.GetModelInvocationJobInput{JobIdentifier: job.JobArn}) //> bedrock GetModelInvocationJob
			if err != nil || state.Status == bedrocktypes.ModelInvocationJobStatusCompleted {
				return job.JobArn, err
			}
		}
	}
}
