package worker

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"github.com/stretchr/testify/mock"
)

type mockClient struct{ mock.Mock }

func (m *mockClient) InvokeModel(ctx context.Context, in *bedrockruntime.InvokeModelInput, opts ...func(*bedrockruntime.Options)) (*bedrockruntime.InvokeModelOutput, error) {
	args := m.Called(ctx, in)
	return args.Get(0).(*bedrockruntime.InvokeModelOutput), args.Error(1)
}

func TestInvoke(t *testing.T) {
	m := new(mockClient)
	m.On("InvokeModel", mock.Anything, mock.Anything).Return(&bedrockruntime.InvokeModelOutput{}, nil)
	_, _ = m.InvokeModel(context.TODO(), &bedrockruntime.InvokeModelInput{ModelId: aws.String("m")})
	m.AssertExpectations(t)
}
