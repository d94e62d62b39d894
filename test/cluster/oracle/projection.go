package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/apis/core"
	apicorev1 "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/fieldpath"
	"k8s.io/kubernetes/pkg/volume/configmap"
	"k8s.io/kubernetes/pkg/volume/secret"
	"k8s.io/kubernetes/pkg/volume/util"
)

// writesCase is a sequence of payloads that are written into one folder.
type writesCase struct {
	Payloads []map[string]writtenFile `json:"payloads"`
}

type writtenFile struct {
	Data []byte `json:"data"`
	Mode int32  `json:"mode"`
}

// writeValue is what stands in the folder after one of them.
type writeValue struct {
	Error string `json:"error"`
	// Folder is the name of the timestamped folder.
	Folder  string       `json:"folder"`
	Entries []entryValue `json:"entries"`
}

type entryValue struct {
	Path   string `json:"path"`
	Mode   uint32 `json:"mode"`
	Data   []byte `json:"data"`
	Target string `json:"target"`
}

// value has the kubelet's AtomicWriter write them.
func (c *writesCase) value(folder string) (any, error) {
	target, err := os.MkdirTemp(folder, "volume-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(target)
	writer, err := util.NewAtomicWriter(target, "oracle")
	if err != nil {
		return nil, err
	}
	values := []writeValue{}
	for _, files := range c.Payloads {
		payload := map[string]util.FileProjection{}
		for path, file := range files {
			payload[path] = util.FileProjection{Data: file.Data, Mode: file.Mode}
		}
		value := writeValue{}
		if err := writer.Write(payload, nil); err != nil {
			value.Error = err.Error()
		}
		value.Folder, value.Entries = treeOf(target)
		values = append(values, value)
	}
	return values, nil
}

// treeOf lists all that stands in a folder, in alphabetical order.
func treeOf(target string) (string, []entryValue) {
	current, _ := os.Readlink(filepath.Join(target, "..data"))
	entries := []entryValue{}
	err := filepath.Walk(target, func(path string, info os.FileInfo, err error) error {
		if err != nil || path == target {
			return err
		}
		entry := entryValue{Path: strings.TrimPrefix(path, target+"/")}
		switch {
		case info.Mode()&os.ModeSymlink != 0:
			entry.Target, err = os.Readlink(path)
		case info.Mode().IsRegular():
			entry.Mode = uint32(info.Mode().Perm())
			entry.Data, err = os.ReadFile(path)
		default:
			entry.Mode = uint32(info.Mode().Perm())
		}
		entries = append(entries, entry)
		return err
	})
	if err != nil {
		panic(err)
	}
	return current, entries
}

// volumeCase is a projected volume source, JSON.
type volumeCase struct {
	Source json.RawMessage `json:"source"`
}

// value gives the source with its defaults, or what the API server has against it.
func (c *volumeCase) value() (any, error) {
	var source v1.ProjectedVolumeSource
	if err := json.Unmarshal(c.Source, &source); err != nil {
		return nil, err
	}
	pod := &v1.Pod{Spec: v1.PodSpec{Volumes: []v1.Volume{
		{Name: "volume", VolumeSource: v1.VolumeSource{Projected: &source}},
	}}}
	apicorev1.SetObjectDefaults_Pod(pod)
	var internal core.Pod
	if err := apicorev1.Convert_v1_Pod_To_core_Pod(pod, &internal, nil); err != nil {
		return nil, err
	}
	_, errs := validation.ValidateVolumes(
		internal.Spec.Volumes, nil, field.NewPath("volumes"), validation.PodValidationOptions{},
	)
	problems := []string{}
	for _, err := range errs {
		problems = append(problems, err.ErrorBody())
	}
	return map[string]any{"problems": problems, "source": source}, nil
}

// payloadCase is a ConfigMap or a Secret, and which of its keys are wanted.
type payloadCase struct {
	ConfigMap *v1.ConfigMap  `json:"configMap"`
	Secret    *v1.Secret     `json:"secret"`
	Items     []v1.KeyToPath `json:"items"`
	Mode      int32          `json:"mode"`
	Optional  bool           `json:"optional"`
}

// value gives the files that the kubelet makes of it.
func (c *payloadCase) value() (any, error) {
	var payload map[string]util.FileProjection
	var err error
	if c.Secret != nil {
		payload, err = secret.MakePayload(c.Items, c.Secret, &c.Mode, c.Optional)
	} else {
		payload, err = configmap.MakePayload(c.Items, c.ConfigMap, &c.Mode, c.Optional)
	}
	if err != nil {
		return nil, err
	}
	files := map[string]writtenFile{}
	for path, file := range payload {
		files[path] = writtenFile{Data: file.Data, Mode: file.Mode}
	}
	return files, nil
}

// fieldCase is a field of a Pod that a file is to hold.
type fieldCase struct {
	Pod  *v1.Pod `json:"pod"`
	Path string  `json:"path"`
}

// value gives the content of the file.
func (c *fieldCase) value() (any, error) {
	text, err := fieldpath.ExtractFieldPathAsString(c.Pod, c.Path)
	if err != nil {
		return nil, err
	}
	return map[string]any{"data": []byte(text)}, nil
}
